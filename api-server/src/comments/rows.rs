//! Comments as stored. It imports nothing that needs the application, because the application has
//! the batches of comments.

use shared::ids::{CommentId, PostId, UserId};
use time::OffsetDateTime;

use crate::http::IdempotencyKey;

/// A request to comment.
pub struct CommentRequest {
    pub author_id: UserId,
    pub parent_id: Option<CommentId>,
    pub text: String,
    pub key: Option<IdempotencyKey>,
}

/// The result of a request to comment.
pub struct InsertedComment {
    /// `None` if the author may not see the post, or not the comment to which they reply.
    pub id: Option<CommentId>,
    pub is_post_seen: bool,
}

/// A comment as stored, with its author and its relation to the viewer.
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
    /// Whether it is not deleted and the viewer may see its author.
    pub is_seen: bool,
    pub liked: bool,
}
