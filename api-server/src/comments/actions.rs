//! Actions on comments, each with its permission check.

mod likes;
mod reading;
mod rights;

use shared::auth::Principal;
use shared::events::{self, CommentEvent};
use shared::ids::{CommentId, PostId};
use sqlx::PgConnection;

use super::batch::Commented;
use super::model::{Comment, CommentPatch, NewComment, Replies};
use super::rows::CommentRequest;
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult, Created, Keyed, Patch};
pub use likes::{like_comment, unlike_comment};
pub use reading::{get_comment, list_post_comments};
use reading::{single_comment, with_replies};
use rights::{find_alive, not_yours, require_deletable, require_readable_comment};

/// Comments on a post that the caller sees, or replies to a comment on it that they see.
pub async fn create_comment(
    app: &App,
    caller: &Principal,
    post_id: PostId,
    asked: Keyed<NewComment>,
) -> ApiResult<Created<Comment>> {
    let Keyed { body: new, key } = asked;
    let request = CommentRequest {
        author_id: caller.user_id,
        parent_id: new.parent_id,
        text: new.text.to_string(),
        key,
    };
    let row = match app.batches.comments.submit(post_id, request).await?? {
        Commented::New(row) => row,
        Commented::Before(id) => {
            return Created::replayed(get_comment(app, Some(caller), id).await);
        }
    };
    tracing::info!(user.id = %caller.user_id, comment.id = %row.id, "comment created");
    Ok(Created::new(Comment {
        replies: Some(Replies::default()),
        ..Comment::from(*row)
    }))
}

/// Changes the caller's own comment; admins may not change comments of others either.
pub async fn update_comment(
    app: &App,
    caller: &Principal,
    id: CommentId,
    Patch(patch): Patch<CommentPatch>,
) -> ApiResult<Comment> {
    let mut tx = app.pool.begin().await?;
    let row = require_readable_comment(&mut tx, Some(caller), id).await?;
    if row.author_id != caller.user_id {
        return Err(not_yours());
    }
    if let Some(text) = patch.text
        && store::update_text(&mut tx, id, &text).await?
    {
        events::insert_comment_events(&mut tx, &[id], CommentEvent::Edited).await?;
    }
    // It was deleted in the meantime: its row is gone or has no text.
    let row = store::find_comment(&mut tx, Some(caller.user_id), id).await?;
    let row = row
        .filter(|row| row.is_seen)
        .ok_or_else(ApiError::not_found)?;
    let comment = with_replies(app, &mut tx, Some(caller), vec![row]).await?;
    tx.commit().await?;
    app.events.wake();
    single_comment(comment)
}

/// Deletes a comment. Its author may, the post's author, and an admin, which is recorded.
pub async fn delete_comment(app: &App, caller: &Principal, id: CommentId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let row = find_alive(&mut tx, Some(caller), id).await?;
    require_deletable(&mut tx, caller, &row).await?;
    if !store::mark_deleted(&mut tx, row.post_id, id).await? {
        return Err(ApiError::not_found());
    }
    events::insert_comment_deleted(&mut tx, id, caller.user_id).await?;
    store::prune_comments(&mut tx, id).await?;
    tell_counts(&mut tx, row.post_id, row.parent_id).await?;
    tx.commit().await?;
    app.events.wake();
    tracing::info!(user.id = %caller.user_id, comment.id = %id, "comment deleted");
    Ok(())
}

/// Tells the counters after a deletion.
async fn tell_counts(
    connection: &mut PgConnection,
    post_id: PostId,
    parent_id: Option<CommentId>,
) -> ApiResult<()> {
    if let Some(parent_id) = parent_id {
        events::insert_comment_counts(connection, &[parent_id]).await?;
    }
    events::insert_post_counts(connection, post_id).await?;
    Ok(())
}
