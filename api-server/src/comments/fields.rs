//! Errors of the fields of a comment.

use crate::http::ApiError;

/// The same answer for a comment that does not exist, belongs to another post, is deleted, or is
/// invisible.
pub fn unknown_parent() -> ApiError {
    let detail = "this post has no such comment";
    ApiError::field("/parent_id", "unknown_comment", detail)
}
