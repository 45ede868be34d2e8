//! Who may write, edit and delete comments.

use shared::auth::Principal;
use shared::events::{self, CommentEvent};
use shared::ids::{CommentId, PostId, UserId};
use sqlx::PgConnection;

pub use super::fields::TEXT_CHARS;
use super::model::{Comment, CommentPatch, CommentRow, NewComment, Replies};
use super::reading::{get_comment, with_replies};
use super::{fields, store};
use crate::app::App;
use crate::audit::model::{Entry, Subject};
use crate::http::{ApiError, ApiResult, IdempotencyKey, Made};
use crate::{accounts, audit, idempotency, posts};

/// Answers a post that the caller sees, or a comment on it that they see.
pub async fn create_comment(
    app: &App,
    caller: &Principal,
    post_id: PostId,
    (new, key): (NewComment, Option<IdempotencyKey>),
) -> ApiResult<Made<Comment>> {
    let mut tx = app.pool.begin().await?;
    if let Some(id) = idempotency::actions::find_made(&mut tx, caller, key.as_ref()).await? {
        drop(tx);
        return Made::before(get_comment(app, Some(caller), id).await);
    }
    posts::actions::require_post(&mut tx, Some(caller), post_id).await?;
    fields::check_text(&new.text)?;
    if let Some(parent_id) = new.parent_id {
        let parent = store::find_comment(&mut tx, Some(caller.user_id), parent_id).await?;
        let is_answerable = |row: &CommentRow| row.post_id == post_id && row.is_seen;
        parent.filter(is_answerable).ok_or_else(unknown_parent)?;
    }
    let made = store::insert_comment(&mut tx, caller.user_id, post_id, &new).await?;
    let Some(id) = made else {
        // The post or the parent was deleted a moment ago.
        posts::actions::require_post(&mut tx, Some(caller), post_id).await?;
        return Err(unknown_parent());
    };
    events::insert_comment_event(&mut tx, id, CommentEvent::Created).await?;
    tell_counts(&mut tx, post_id, new.parent_id).await?;
    idempotency::actions::record(&mut tx, caller, key.as_ref(), id).await?;
    let row = store::find_comment(&mut tx, Some(caller.user_id), id).await?;
    let row = row.ok_or_else(|| ApiError::internal("a comment is gone in its own transaction"))?;
    tx.commit().await?;
    app.events.wake();
    tracing::info!(user.id = %caller.user_id, comment.id = %id, "a comment was written");
    Ok(Made::now(Comment {
        replies: Some(Replies::default()),
        ..Comment::from(row)
    }))
}

/// Changes the caller's own comment; an administrator edits none but their own either.
pub async fn update_comment(
    app: &App,
    caller: &Principal,
    id: CommentId,
    patch: CommentPatch,
) -> ApiResult<Comment> {
    let mut tx = app.pool.begin().await?;
    let row = require_readable_comment(&mut tx, Some(caller), id).await?;
    if row.author_id != caller.user_id {
        return Err(not_yours());
    }
    if let Some(text) = patch.text {
        fields::check_text(&text)?;
        if store::update_text(&mut tx, id, &text).await? {
            events::insert_comment_event(&mut tx, id, CommentEvent::Edited).await?;
        }
    }
    // Deleted a moment ago, its row is gone or without words.
    let row = store::find_comment(&mut tx, Some(caller.user_id), id).await?;
    let row = row
        .filter(|row| row.is_seen)
        .ok_or_else(ApiError::not_found)?;
    let comment = with_replies(app, &mut tx, Some(caller), vec![row]).await?;
    tx.commit().await?;
    app.events.wake();
    the_one(comment)
}

/// Deletes a comment: its author may, the post's, and an administrator, of whom a record is kept.
pub async fn delete_comment(app: &App, caller: &Principal, id: CommentId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let row = find_alive(&mut tx, Some(caller), id).await?;
    require_deletable(&mut tx, caller, (&row, id)).await?;
    if !store::mark_deleted(&mut tx, row.post_id, id).await? {
        return Err(ApiError::not_found());
    }
    events::insert_comment_deleted(&mut tx, id, caller.user_id).await?;
    store::prune_comments(&mut tx, id).await?;
    tell_counts(&mut tx, row.post_id, row.parent_id).await?;
    tx.commit().await?;
    app.events.wake();
    tracing::info!(user.id = %caller.user_id, comment.id = %id, "a comment was deleted");
    Ok(())
}

/// A block takes the right from neither author: it is the first thing that somebody does who is
/// insulted below their own post.
async fn require_deletable(
    connection: &mut PgConnection,
    caller: &Principal,
    (row, id): (&CommentRow, CommentId),
) -> ApiResult<()> {
    if row.author_id == caller.user_id {
        return Ok(());
    }
    let post = posts::actions::require_readable_post(connection, Some(caller), row.post_id).await?;
    if post.author_id == caller.user_id {
        return Ok(());
    }
    if accounts::actions::is_admin(connection, caller.user_id).await? {
        let entry = Entry::by(caller.user_id, "comment.deleted", Subject::Comment(id));
        return Ok(audit::actions::record(connection, entry.concerning(row.author_id)).await?);
    }
    Err(if row.is_seen {
        not_yours()
    } else {
        ApiError::not_found()
    })
}

/// That the viewer sees the comment's words and its post; 404 for any other.
pub async fn require_comment(
    connection: &mut PgConnection,
    viewer: &Principal,
    id: CommentId,
) -> ApiResult<()> {
    let row = find_alive(connection, Some(viewer), id).await?;
    posts::actions::require_post(connection, Some(viewer), row.post_id).await?;
    row.is_seen.then_some(()).ok_or_else(ApiError::not_found)
}

/// A comment whose words the viewer sees, and its post; 404 for any other. An administrator sees
/// those of anyone, and a record is kept of it.
pub async fn require_readable_comment(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    id: CommentId,
) -> ApiResult<CommentRow> {
    let mut row = find_alive(connection, viewer, id).await?;
    posts::actions::require_readable_post(connection, viewer, row.post_id).await?;
    match viewer {
        _ if row.is_seen => {}
        Some(viewer) if accounts::actions::is_admin(connection, viewer.user_id).await? => {
            let subject = Subject::Comment(id);
            audit::actions::record_admin_read(connection, viewer.user_id, subject).await?;
            row.is_seen = true;
        }
        _ => return Err(ApiError::not_found()),
    }
    Ok(row)
}

async fn find_alive(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    id: CommentId,
) -> ApiResult<CommentRow> {
    let row = store::find_comment(connection, id_of(viewer), id).await?;
    row.filter(|row| !row.is_deleted)
        .ok_or_else(ApiError::not_found)
}

/// Tells the counters that a new or deleted comment moved.
async fn tell_counts(
    connection: &mut PgConnection,
    post_id: PostId,
    parent_id: Option<CommentId>,
) -> ApiResult<()> {
    if let Some(parent_id) = parent_id {
        events::insert_comment_counts(connection, parent_id).await?;
    }
    events::insert_post_counts(connection, post_id).await?;
    Ok(())
}

pub fn the_one(comments: Vec<Comment>) -> ApiResult<Comment> {
    let first = comments.into_iter().next();
    first.ok_or_else(|| ApiError::internal("a comment is gone in its own transaction"))
}

pub fn id_of(viewer: Option<&Principal>) -> Option<UserId> {
    viewer.map(|viewer| viewer.user_id)
}

/// One answer for a comment that is not there, of another post, deleted, or not to be seen.
pub fn unknown_parent() -> ApiError {
    let detail = "there is no such comment of this post";
    ApiError::field("/parent_id", "unknown_comment", detail)
}

fn not_yours() -> ApiError {
    ApiError::new(
        http::StatusCode::FORBIDDEN,
        "forbidden",
        "this comment is somebody else's",
    )
}
