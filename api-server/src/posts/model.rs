//! Posts as sent, stored and answered.

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
use crate::routes::{Located, Resource};

/// The readers of a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone.
    #[default]
    Public,
    /// The author and their followers.
    Followers,
    /// Only the author.
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
    /// It may be empty if there are media.
    #[serde(default)]
    pub text: PostText,
    /// The readers; `public` by default. A private account must set `followers` or `private`.
    #[serde(default)]
    #[schema(default = "public")]
    pub visibility: Visibility,
    /// The media to attach, in order.
    #[serde(default)]
    pub media: MediaList,
}

from_json! { NewPost {
    text = PostText::default(),
    visibility = Visibility::default(),
    media = MediaList::default(),
} }

/// The body of `PATCH /posts/{id}`; absent fields stay unchanged.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostPatch {
    /// It may be empty if there are media.
    pub text: Option<PostText>,
    /// The new readers.
    pub visibility: Option<Visibility>,
    /// The new list of attached media, in order. Media that it leaves out are deleted.
    pub media: Option<MediaList>,
}

from_json! { patch PostPatch { text, visibility, media } }

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct Post {
    pub id: PostId,
    /// The author.
    pub author: UserSummary,
    /// Empty if the post consists of media only.
    pub text: String,
    /// The readers.
    pub visibility: Visibility,
    /// The attached media in order, in any state.
    pub media: Vec<Media>,
    /// The number of likes, including those of users whom the viewer does not see.
    pub likes_count: i64,
    /// The number of comments on all levels that are not deleted.
    pub comments_count: i64,
    /// Always 0: there are no reposts yet.
    pub reposts_count: i64,
    /// Whether the viewer likes it.
    pub liked: bool,
    /// Always false: there are no bookmarks yet.
    pub bookmarked: bool,
    /// Always false: there are no reposts yet.
    pub reposted: bool,
    /// The time of publication.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time of the last change of text or media; null if there was none.
    #[serde(with = "time::serde::rfc3339::option")]
    pub edited_at: Option<OffsetDateTime>,
}

impl Resource for Post {}

impl Located for Post {
    fn path(&self) -> String {
        format!("/posts/{}", self.id)
    }
}

/// The data of a visible post that permission checks need.
#[derive(Debug, Clone, Copy)]
pub struct SeenPost {
    pub author_id: UserId,
}

/// A locked post: other changes wait until this transaction ends.
pub struct LockedPost {
    pub text: String,
    pub visibility: Visibility,
    pub is_published: bool,
    /// Whether only followers may see the author's public posts.
    pub is_account_private: bool,
}

/// An attached media item.
pub struct AttachedMedia {
    pub id: MediaId,
    pub alt: String,
}

/// The result of applying a change to a post.
pub struct Edit {
    pub text: String,
    pub visibility: Visibility,
    /// Whether the text or the media change, which is announced to readers.
    pub is_content: bool,
    /// The change of the author's number of posts.
    pub count_delta: i64,
}

/// A post as stored, with its author and its relation to the viewer.
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
    /// Whether everyone may see it, signed in or not.
    pub is_open: bool,
    pub liked: bool,
}
