//! The kinds and states of media items. The names are those of the database's checks and of the
//! API, and never change.

use serde::{Deserialize, Serialize};

/// The maximum length of an alternative text.
pub const MAX_ALT_CHARS: usize = 1500;
/// The maximum number of media items of a post.
pub const MAX_MEDIA_PER_POST: usize = 20;

/// The kind of a media item, column `media.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaKind {
    /// Video, with or without audio.
    Video,
    /// A picture.
    Image,
    /// Audio only.
    Audio,
}

/// The state of a media item, column `media.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaState {
    /// Its upload is not finished.
    Uploading,
    /// The upload is complete; a transcoder works on it or will.
    Processing,
    /// Its set is published and can be played.
    Ready,
    /// It cannot be played; a [`FailureCode`] says why.
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_kinds_are_written_in_snake_case() {
        let state = serde_json::to_string(&MediaState::Processing).unwrap();
        let kind = serde_json::to_string(&MediaKind::Video).unwrap();
        assert_eq!(
            (state.as_str(), kind.as_str()),
            ("\"processing\"", "\"video\"")
        );
    }
}
