//! Likes of comments: users who see a comment may like it once. Setting and unsetting are
//! idempotent. The statement that likes checks the permission, for all users of a batch.

use shared::auth::Principal;
use shared::ids::CommentId;

use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::switches::Switch;

/// The caller likes the comment.
pub async fn like_comment(app: &App, caller: &Principal, id: CommentId) -> ApiResult<()> {
    switch(app, caller, id, true).await
}

/// The caller no longer likes the comment.
pub async fn unlike_comment(app: &App, caller: &Principal, id: CommentId) -> ApiResult<()> {
    switch(app, caller, id, false).await
}

async fn switch(app: &App, caller: &Principal, id: CommentId, is_on: bool) -> ApiResult<()> {
    let user_id = caller.user_id;
    let switch = Switch { user_id, is_on };
    let is_seen = app.batches.comment_likes.submit(id, switch).await?;
    is_seen.then_some(()).ok_or_else(ApiError::not_found)
}
