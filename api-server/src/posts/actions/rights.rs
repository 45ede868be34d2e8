//! Permissions of posts. The database's `visible_posts` decides who sees a post. An admin may read
//! and delete any post, but not edit it.

use shared::auth::Principal;
use shared::ids::{PostId, UserId};
use sqlx::PgConnection;

use crate::audit;
use crate::audit::model::{Entry, Subject};
use crate::http::{ApiError, ApiResult};
use crate::posts::model::{PostRow, SeenPost};
use crate::posts::store;
use crate::rights::actions::{is_admin, require_admin};

/// The kinds of access besides reading.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Only the author may.
    Edit,
    /// The author or an admin.
    Delete,
}

/// The data for permission checks of a visible post; else 404. An admin reads any post, which is
/// recorded.
pub async fn require_readable_post(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    id: PostId,
) -> ApiResult<SeenPost> {
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    if let Some(seen) = store::find_seen_post(connection, viewer_id, id).await? {
        return Ok(seen);
    }
    let row = read_as_admin(connection, viewer, id).await?;
    Ok(SeenPost {
        author_id: row.author_id,
    })
}

/// A post that the viewer does not see; 404 unless they are an admin. The read is recorded.
pub async fn read_as_admin(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    id: PostId,
) -> ApiResult<PostRow> {
    let admin_id = require_admin(connection, viewer).await?;
    let row = store::find_any_post(connection, admin_id, id).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    audit::actions::record_admin_read(connection, admin_id, Subject::Post(id)).await?;
    Ok(row)
}

/// Whether the caller may change the post: 404 if they do not see it, 403 if they may not.
pub async fn require_right(
    connection: &mut PgConnection,
    caller: &Principal,
    id: PostId,
    change: Change,
) -> ApiResult<()> {
    let seen = store::find_seen_post(connection, Some(caller.user_id), id).await?;
    if seen.is_some_and(|seen| seen.author_id == caller.user_id) {
        return Ok(());
    }
    let is_admin = is_admin(connection, caller.user_id).await?;
    match (seen, is_admin) {
        (_, true) if change == Change::Delete => Ok(()),
        (Some(_), _) => Err(ApiError::forbidden()),
        (None, true) => {
            read_as_admin(connection, Some(caller), id).await?;
            Err(ApiError::forbidden())
        }
        (None, false) => Err(ApiError::not_found()),
    }
}

/// Records that a post was deleted by another user than its author.
pub async fn record_deletion(
    connection: &mut PgConnection,
    caller: &Principal,
    id: PostId,
    author_id: UserId,
) -> ApiResult<()> {
    if author_id != caller.user_id {
        let entry = Entry::by(caller.user_id, "post.deleted", Subject::Post(id));
        audit::actions::record(connection, entry.concerning(author_id)).await?;
    }
    Ok(())
}
