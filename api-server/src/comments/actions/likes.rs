//! Likes of comments: users who see a comment may like it once. Setting and unsetting are
//! idempotent.

use shared::auth::Principal;
use shared::events;
use shared::ids::CommentId;

use super::rights::require_comment;
use crate::app::App;
use crate::comments::store;
use crate::http::ApiResult;

/// The caller likes the comment.
pub async fn like_comment(app: &App, caller: &Principal, id: CommentId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    require_comment(&mut tx, caller, id).await?;
    if store::insert_like(&mut tx, id, caller.user_id).await? {
        events::insert_comment_counts(&mut tx, id).await?;
        tx.commit().await?;
        app.events.wake();
    }
    Ok(())
}

/// The caller no longer likes the comment.
pub async fn unlike_comment(app: &App, caller: &Principal, id: CommentId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    require_comment(&mut tx, caller, id).await?;
    if store::delete_like(&mut tx, id, caller.user_id).await? {
        events::insert_comment_counts(&mut tx, id).await?;
        tx.commit().await?;
        app.events.wake();
    }
    Ok(())
}
