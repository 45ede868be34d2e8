//! A post as it is sent, stored and answered.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use shared::ids::{MediaId, PostId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::http::given;
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

/// A name and nothing else. What serde derives would take `{"public": null}` too, and tell a number
/// as broken JSON.
impl<'de> Deserialize<'de> for Visibility {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match String::deserialize(from)?.as_str() {
            "public" => Ok(Self::Public),
            "followers" => Ok(Self::Followers),
            "private" => Ok(Self::Private),
            other => Err(D::Error::unknown_variant(
                other,
                &["public", "followers", "private"],
            )),
        }
    }
}

/// The body of `POST /posts`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPost {
    /// May be empty where there are media.
    #[serde(default)]
    #[schema(max_length = 5000, pattern = r"^[^\x00]*$", example = "Hello")]
    pub text: String,
    /// Who may read it; `public` if none is said. A private account says `followers` or `private`.
    #[serde(default)]
    #[schema(default = "public")]
    pub visibility: Visibility,
    /// What hangs on it, in order.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub media: Vec<NewPostMedia>,
}

/// The body of `PATCH /posts/{id}`; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostPatch {
    /// May become empty where there are media.
    #[serde(default, deserialize_with = "given")]
    #[schema(max_length = 5000, pattern = r"^[^\x00]*$")]
    pub text: Option<String>,
    /// Who may read it from now on.
    #[serde(default, deserialize_with = "given")]
    pub visibility: Option<Visibility>,
    /// All that hangs on the post from now on, in order.
    #[serde(default, deserialize_with = "given")]
    #[schema(max_items = 20)]
    pub media: Option<Vec<NewPostMedia>>,
}

/// A media to hang on a post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPostMedia {
    /// Its upload's id, which is its own.
    pub upload_id: MediaId,
    /// The text for those who cannot see it; null or absent leaves what the upload said.
    #[serde(default)]
    #[schema(
        max_length = 1500,
        pattern = r"^[^\x00]*$",
        example = "A bird over a roof"
    )]
    pub alt: Option<String>,
}

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
