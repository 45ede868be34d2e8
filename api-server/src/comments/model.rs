//! A comment as it is sent, stored and answered.

use serde::{Deserialize, Serialize};
use shared::ids::{CommentId, PostId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::http::given;
use crate::profiles::model::UserSummary;

/// The body of `POST /posts/{id}/comments`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Some of it to be seen.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00]*\S[^\x00]*$")]
    pub text: String,
    /// The comment that this one answers; null or absent: the post.
    #[serde(default)]
    pub parent_id: Option<CommentId>,
}

/// The body of `PATCH /comments/{id}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// Absent: as it is. A comment without a text there is not, so null is refused.
    #[serde(default, deserialize_with = "given")]
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00]*\S[^\x00]*$")]
    pub text: Option<String>,
}

/// A comment as the API answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comment {
    pub id: CommentId,
    /// The post that it hangs on, at whatever depth.
    pub post_id: PostId,
    /// The comment that it answers; null: the post.
    pub parent_id: Option<CommentId>,
    /// Null when it is deleted, or its author not to be seen.
    pub author: Option<UserSummary>,
    /// Null together with the author.
    pub text: Option<String>,
    /// Likes, whether the viewer sees who likes it or not.
    pub likes_count: i64,
    /// Direct replies that are not deleted, whether the viewer sees them or not.
    pub replies_count: i64,
    /// Whether the viewer likes it.
    pub liked: bool,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its text was last changed; null if never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub edited_at: Option<OffsetDateTime>,
    /// It is deleted, or its author not to be seen.
    pub deleted: bool,
    /// The oldest of its replies; null at the depth where a page ends.
    pub replies: Option<Replies>,
}

/// The oldest replies, and where the others are read with `?parent_id=`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Replies {
    /// The oldest first.
    #[schema(no_recursion)]
    pub items: Vec<Comment>,
    /// What to send as `cursor`, with this comment as `parent_id`, for those that follow.
    pub next_cursor: Option<String>,
}

/// A comment and its author, as stored, and what it is to the viewer.
#[derive(Debug, Clone)]
pub struct CommentRow {
    pub id: CommentId,
    pub post_id: PostId,
    pub parent_id: Option<CommentId>,
    pub text: String,
    pub likes_count: i64,
    pub replies_count: i64,
    pub created_at: OffsetDateTime,
    pub edited_at: Option<OffsetDateTime>,
    pub author_id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub avatar_file: Option<String>,
    pub is_deleted: bool,
    /// It is not deleted, and the viewer may see its author.
    pub is_seen: bool,
    pub liked: bool,
}
