//! What a media is, where it stands, and why it failed.
//!
//! The names are those of the database's checks and of the API; they never change. The texts are
//! for the person who uploaded the file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of thing a media is, column `media.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaKind {
    /// Moving pictures, with or without sound.
    Video,
    /// A still picture.
    Image,
    /// Sound alone.
    Audio,
}

/// Where a media stands, column `media.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaState {
    /// Its upload is not finished.
    Uploading,
    /// All bytes are here; a transcoder works on it, or will.
    Processing,
    /// Its set is published and plays.
    Ready,
    /// It will not play; a [`FailureCode`] says why.
    Failed,
}

macro_rules! failure_codes {
    ($($variant:ident, $name:literal, $text:literal;)*) => {
        /// Why a media failed, column `media.error_code`. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FailureCode {
            $(#[doc = $text] $variant,)*
        }

        impl FailureCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable name, as stored and as answered by the API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One English sentence for the person who uploaded the file.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The code of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

failure_codes! {
    Empty, "empty", "The file is empty.";
    NotMedia, "not_media", "The file is neither a video nor a picture that we can read.";
    Truncated, "truncated", "The file ends too early: a part of it is missing.";
    NoVideo, "no_video", "The file has no picture track.";
    TooLong, "too_long", "The video is longer than allowed.";
    TooManyPixels, "too_many_pixels", "The picture has more pixels than allowed.";
    TooManyStreams, "too_many_streams", "The file has more tracks than allowed.";
    UnsupportedCodec, "unsupported_codec", "The file is in a format that we cannot decode.";
    TimedOut, "timed_out", "Converting the file took too long.";
    EncoderFailed, "encoder_failed", "The file could not be converted.";
    OutOfMemory, "out_of_memory", "Converting the file needs more memory than there is.";
    DiskFull, "disk_full", "There was no space left to convert the file.";
    AttemptsExhausted, "attempts_exhausted", "Converting the file was interrupted too often.";
    UploadExpired, "upload_expired", "The upload was not finished in time.";
    UploadRejected, "upload_rejected", "The upload was rejected.";
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_code_is_found_by_its_name_and_has_a_sentence() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::from_name(code.name()), Some(*code));
            assert!(code.text().ends_with('.'), "{code}");
        }
        assert_eq!(FailureCode::from_name("sunburnt"), None);
    }

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
