//! Reads the comments of a post: a page, with the oldest replies of each comment and theirs.

use std::collections::HashMap;

use shared::auth::Principal;
use shared::ids::{CommentId, PostId};
use sqlx::PgConnection;

use super::rights::{id_of, require_readable_comment, unknown_parent};
use crate::app::App;
use crate::comments::model::{Comment, CommentQuery, CommentRow};
use crate::comments::store;
use crate::comments::tree::{COMMENTS, LEVELS, OLDEST_REPLIES, REPLIES, ReplyRows};
use crate::http::{ApiError, ApiResult, Page};
use crate::posts;

/// The comments on a post or, with `parent_id`, the replies to one of its comments, oldest first,
/// each with its oldest replies and theirs. At most seven statements.
pub async fn list_post_comments(
    app: &App,
    viewer: Option<&Principal>,
    post_id: PostId,
    query: CommentQuery,
) -> ApiResult<Page<Comment>> {
    let mut connection = app.pool.acquire().await?;
    posts::actions::require_readable_post(&mut connection, viewer, post_id).await?;
    let parent = match query.parent_id {
        Some(text) => Some(
            find_parent(&mut connection, viewer, post_id, &text)
                .await?
                .id,
        ),
        None => None,
    };
    let list = parent.map_or(COMMENTS.of(post_id.0), |id| REPLIES.of(id.0));
    let asked = query.page.of(list, &app.cursors)?;
    let page = asked.request;
    let mut rows = match parent {
        Some(id) => store::list_replies(&mut connection, id_of(viewer), &[id], page).await?,
        None => store::list_comments(&mut connection, id_of(viewer), post_id, page).await?,
    };
    let next = page.cut_rows(&mut rows, CommentRow::key);
    let comments = with_replies(app, &mut connection, viewer, rows).await?;
    Ok(asked.page(comments, next))
}

/// A comment that the viewer sees, with its oldest replies.
pub async fn get_comment(
    app: &App,
    viewer: Option<&Principal>,
    id: CommentId,
) -> ApiResult<Comment> {
    let mut connection = app.pool.acquire().await?;
    let row = require_readable_comment(&mut connection, viewer, id).await?;
    single_comment(with_replies(app, &mut connection, viewer, vec![row]).await?)
}

/// Turns rows into the comments that the viewer sees: one statement per level of replies, and one
/// for the replies below hidden comments.
pub async fn with_replies(
    app: &App,
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    rows: Vec<CommentRow>,
) -> ApiResult<Vec<Comment>> {
    let mut reply_rows = ReplyRows::default();
    let mut parents: Vec<CommentId> = rows.iter().map(|row| row.id).collect();
    for _ in 0..LEVELS {
        let mut level: HashMap<_, Vec<_>> = parents.iter().map(|id| (*id, Vec::new())).collect();
        if !parents.is_empty() {
            let (viewer, page) = (id_of(viewer), OLDEST_REPLIES);
            for row in store::list_replies(connection, viewer, &parents, page).await? {
                let parent = row.parent_id.unwrap_or(row.id);
                level.entry(parent).or_default().push(row);
            }
        }
        let shown = level
            .values()
            .flat_map(|rows| rows.iter().take(OLDEST_REPLIES.limit));
        parents = shown.map(|row| row.id).collect();
        reply_rows.replies.extend(level);
    }
    let all = rows.iter().chain(reply_rows.rows());
    let tombstones: Vec<_> = all.filter(|row| !row.is_seen).map(|row| row.id).collect();
    if !tombstones.is_empty() {
        let kept = store::list_kept(connection, id_of(viewer), &tombstones).await?;
        reply_rows.kept.extend(kept);
    }
    let comments = rows.into_iter();
    Ok(comments
        .filter_map(|row| reply_rows.comment(row, &app.cursors))
        .collect())
}

/// The comment in a list of one.
pub fn single_comment(comments: Vec<Comment>) -> ApiResult<Comment> {
    let first = comments.into_iter().next();
    first.ok_or_else(|| ApiError::internal("a comment is gone in its own transaction"))
}

/// The parent that a list's `parent_id` names. It may be deleted. If the viewer does not see it, it
/// exists for them only while they see a reply below it.
async fn find_parent(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    post_id: PostId,
    text: &str,
) -> ApiResult<CommentRow> {
    let id = text.parse().map_err(|_| unknown_parent())?;
    let row = store::find_comment(connection, id_of(viewer), id).await?;
    let row = row.filter(|row| row.post_id == post_id);
    let row = row.ok_or_else(unknown_parent)?;
    let is_shown = row.is_seen
        || !store::list_kept(connection, id_of(viewer), &[row.id])
            .await?
            .is_empty();
    is_shown.then_some(row).ok_or_else(unknown_parent)
}
