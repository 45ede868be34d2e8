//! Permissions of comments.

use shared::auth::Principal;
use shared::ids::{CommentId, UserId};
use sqlx::PgConnection;

use crate::audit::model::{Entry, Subject};
use crate::comments::rows::CommentRow;
use crate::comments::store;
use crate::http::{ApiError, ApiResult};
use crate::rights::actions::{is_admin, require_admin};
use crate::{audit, posts};

/// A block does not take this right from either author: users who are insulted below their own post
/// block the other user first, and delete the comment then.
pub async fn require_deletable(
    connection: &mut PgConnection,
    caller: &Principal,
    row: &CommentRow,
) -> ApiResult<()> {
    if row.author_id == caller.user_id {
        return Ok(());
    }
    let post = posts::actions::require_readable_post(connection, Some(caller), row.post_id).await?;
    if post.author_id == caller.user_id {
        return Ok(());
    }
    if is_admin(connection, caller.user_id).await? {
        let entry = Entry::by(caller.user_id, "comment.deleted", Subject::Comment(row.id));
        return Ok(audit::actions::record(connection, entry.concerning(row.author_id)).await?);
    }
    Err(if row.is_seen {
        not_yours()
    } else {
        ApiError::not_found()
    })
}

/// A comment whose text the viewer sees, and its post; else 404. An admin sees every comment, which
/// is recorded.
pub async fn require_readable_comment(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    id: CommentId,
) -> ApiResult<CommentRow> {
    let mut row = find_alive(connection, viewer, id).await?;
    posts::actions::require_readable_post(connection, viewer, row.post_id).await?;
    if !row.is_seen {
        let admin_id = require_admin(connection, viewer).await?;
        audit::actions::record_admin_read(connection, admin_id, Subject::Comment(id)).await?;
        row.is_seen = true;
    }
    Ok(row)
}

/// A comment that is not deleted, whether the viewer sees its text or not; else 404.
pub async fn find_alive(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    id: CommentId,
) -> ApiResult<CommentRow> {
    let row = store::find_comment(connection, id_of(viewer), id).await?;
    row.filter(|row| !row.is_deleted)
        .ok_or_else(ApiError::not_found)
}

/// The viewer's id for statements.
pub fn id_of(viewer: Option<&Principal>) -> Option<UserId> {
    viewer.map(|viewer| viewer.user_id)
}

/// 403 for a visible comment.
pub fn not_yours() -> ApiError {
    ApiError::new(
        http::StatusCode::FORBIDDEN,
        "forbidden",
        "this comment belongs to another user",
    )
}
