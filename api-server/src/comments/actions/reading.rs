//! Reads the comments of a post: a page, with the oldest replies of each comment and theirs.

use std::collections::HashMap;

use shared::auth::Principal;
use shared::ids::{CommentId, PostId, UserId};
use sqlx::PgConnection;

use super::rights::{id_of, require_readable_comment};
use crate::app::App;
use crate::comments::fields::unknown_parent;
use crate::comments::model::{Comment, CommentQuery};
use crate::comments::rows::CommentRow;
use crate::comments::store;
use crate::comments::tree::{COMMENTS, LEVELS, OLDEST_REPLIES, REPLIES, ReplyRows};
use crate::http::{ApiError, ApiResult, MAX_PAGE_ITEMS, Page, PageEnds, PageKey, PageRequest};
use crate::posts;

/// How many times a page is read until the viewer sees anything of it.
const READS: usize = 5;

/// The comments on a post or, with `parent_id`, the replies to one of its comments, oldest first,
/// each with its oldest replies and theirs. At most seven statements, and two more for each skipped
/// page of hidden comments.
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
    let of = parent.map_or(Siblings::OnPost(post_id), Siblings::RepliesTo);
    let (rows, next) = list_shown(&mut connection, id_of(viewer), of, asked.request).await?;
    let newest = rows.last().map(CommentRow::key);
    let comments = with_replies(app, &mut connection, viewer, rows).await?;
    Ok(asked.page(comments, PageEnds { newest, next }))
}

/// Comments in one list.
#[derive(Clone, Copy)]
enum Siblings {
    OnPost(PostId),
    RepliesTo(CommentId),
}

/// A page of the comments of which the viewer sees anything, and the start of the next page. A page
/// of which the viewer sees nothing is skipped, [`READS`] times at most.
async fn list_shown(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    of: Siblings,
    page: PageRequest,
) -> ApiResult<(Vec<CommentRow>, Option<PageKey>)> {
    let (mut rows, mut end) = (Vec::new(), Some(page.start));
    for read in 0..READS {
        let Some(start) = end.filter(|_| rows.is_empty()) else {
            break;
        };
        let limit = if read == 0 {
            page.limit
        } else {
            MAX_PAGE_ITEMS
        };
        let reading = PageRequest {
            limit,
            start,
            ..page
        };
        rows = match of {
            Siblings::OnPost(id) => store::list_comments(connection, viewer_id, id, reading).await,
            Siblings::RepliesTo(id) => {
                store::list_replies(connection, viewer_id, &[id], reading).await
            }
        }?;
        end = reading.cut_rows(&mut rows, CommentRow::key);
        let kept = list_kept_of(connection, viewer_id, &rows).await?;
        rows.retain(|row| row.is_seen || kept.contains(&row.id));
    }
    let next = page.cut_rows(&mut rows, CommentRow::key).or(end);
    Ok((rows, next))
}

/// Those of the hidden rows that have a visible comment below.
async fn list_kept_of<'a>(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    rows: impl IntoIterator<Item = &'a CommentRow>,
) -> ApiResult<Vec<CommentId>> {
    let hidden = rows.into_iter().filter(|row| !row.is_seen);
    let hidden: Vec<_> = hidden.map(|row| row.id).collect();
    if hidden.is_empty() {
        return Ok(hidden);
    }
    Ok(store::list_kept(connection, viewer_id, &hidden).await?)
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
    let kept = list_kept_of(connection, id_of(viewer), all).await?;
    reply_rows.kept.extend(kept);
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
