//! A post as it is sent, stored and answered.

mod texts;

use serde::Serialize;
use serde_json::value::RawValue;
use shared::ids::{MediaId, PostId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

pub use self::texts::{AltText, MediaList, NewPostMedia, PostText};
use crate::http::{At, Faults, FromJson, from_json};
use crate::media::model::Media;
use crate::profiles::model::UserSummary;

/// Who may read a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Visibility {
    /// Anyone.
    #[default]
    Public,
    /// The author, and who follows them.
    Followers,
    /// The author.
    Private,
}

impl FromJson for Visibility {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        match String::from_json(json, at, faults)?.as_str() {
            "public" => Some(Self::Public),
            "followers" => Some(Self::Followers),
            "private" => Some(Self::Private),
            _ => {
                faults.add(at, "unknown_value", "use public, followers or private");
                None
            }
        }
    }
}

/// The body of `POST /posts`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPost {
    /// May be empty where there are media.
    #[serde(default)]
    pub text: PostText,
    /// Who may read it; `public` if none is said. A private account says `followers` or `private`.
    #[serde(default)]
    #[schema(default = "public")]
    pub visibility: Visibility,
    /// What hangs on it, in order.
    #[serde(default)]
    pub media: MediaList,
}

from_json! { NewPost {
    text = PostText::default(),
    visibility = Visibility::default(),
    media = MediaList::default(),
} }

/// The body of `PATCH /posts/{id}`; what is absent stays.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostPatch {
    /// May become empty where there are media.
    pub text: Option<PostText>,
    /// Who may read it from now on.
    pub visibility: Option<Visibility>,
    /// All that hangs on the post from now on, in order.
    pub media: Option<MediaList>,
}

from_json! { patch PostPatch { text, visibility, media } }

/// A post as the API answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Post {
    pub id: PostId,
    /// Who wrote it.
    pub author: UserSummary,
    /// Empty where only media speak.
    pub text: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// What hangs on it, in order, whatever its state.
    pub media: Vec<Media>,
    /// Likes, whether the viewer sees who likes it or not.
    pub likes_count: i64,
    /// Comments at every depth that are not deleted.
    pub comments_count: i64,
    /// Always 0: there are no reposts yet.
    pub reposts_count: i64,
    /// Whether the viewer likes it.
    pub liked: bool,
    /// Always false: there are no bookmarks yet.
    pub bookmarked: bool,
    /// Always false: there are no reposts yet.
    pub reposted: bool,
    /// When it was posted.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its text or media were last changed; null if never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub edited_at: Option<OffsetDateTime>,
}

/// A post that somebody sees, as far as permissions need it.
#[derive(Debug, Clone, Copy)]
pub struct SeenPost {
    pub author_id: UserId,
}

/// A post whose changes wait for this one.
pub struct LockedPost {
    pub text: String,
    pub visibility: Visibility,
    pub is_published: bool,
    /// Its author's public posts are for followers alone.
    pub is_account_private: bool,
}

/// A media that hangs on a post.
pub struct AttachedMedia {
    pub id: MediaId,
    pub alt: String,
}

/// What a change makes of a post.
pub struct Edit {
    pub text: String,
    pub visibility: Visibility,
    /// The text or the media changed, which the post's readers are told.
    pub is_content: bool,
    /// By how much the number of the author's posts changes.
    pub count_delta: i64,
}

/// A post and its author, as stored, and what it is to the viewer.
pub struct PostRow {
    pub id: PostId,
    pub text: String,
    pub visibility: Visibility,
    pub likes_count: i64,
    pub comments_count: i64,
    pub reposts_count: i64,
    pub created_at: OffsetDateTime,
    pub edited_at: Option<OffsetDateTime>,
    pub author_id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub avatar_file: Option<String>,
    /// Anyone may see it, signed in or not.
    pub is_open: bool,
    pub liked: bool,
}
