//! A comment as it is sent, stored and answered.

use std::ops::RangeInclusive;

use serde::Serialize;
use shared::ids::{CommentId, PostId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::http::{Text, TextRule, from_json};
use crate::profiles::model::UserSummary;

/// The text of a comment.
pub type CommentText = Text<CommentTextRule>;

pub struct CommentTextRule;

impl TextRule for CommentTextRule {
    const NAME: &'static str = "CommentText";
    const CHARS: RangeInclusive<usize> = 1..=2000;
    const PATTERN: Option<&'static str> = Some(r"^[^\x00]*\S[^\x00]*$");
}

/// The body of `POST /posts/{id}/comments`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// At least one character of it is visible.
    pub text: CommentText,
    /// The comment that this one answers; null or absent: the post.
    pub parent_id: Option<CommentId>,
}

from_json! { NewComment { text, parent_id } }

/// The body of `PATCH /comments/{id}`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// Absent: as it is. There is no comment without a text, so null is refused.
    pub text: Option<CommentText>,
}

from_json! { patch CommentPatch { text } }

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
