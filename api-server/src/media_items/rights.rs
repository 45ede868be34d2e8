//! Permissions of media.

use shared::auth::Principal;
use sqlx::PgConnection;

use crate::audit::actions::record_admin_read;
use crate::audit::model::Subject;
use crate::http::ApiResult;
use crate::media::model::MediaRow;
use crate::posts::actions::require_readable_post;
use crate::profiles::actions::list_users;
use crate::rights::actions::require_admin;

/// 404 for a viewer who sees neither the media item nor the post or profile to which it is
/// attached. An admin sees every media item, and the read is recorded.
pub async fn require_readable(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    row: &MediaRow,
) -> ApiResult<()> {
    match row.post_id {
        _ if row.is_of(viewer) => Ok(()),
        Some(post_id) => require_readable_post(connection, viewer, post_id)
            .await
            .map(drop),
        None if row.is_public && sees_owner(connection, viewer, row).await? => Ok(()),
        None => {
            let admin_id = require_admin(connection, viewer).await?;
            Ok(record_admin_read(connection, admin_id, Subject::Media(row.id)).await?)
        }
    }
}

/// A profile picture is visible to everyone who sees the profile, so not across a block.
async fn sees_owner(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    row: &MediaRow,
) -> ApiResult<bool> {
    let seen = list_users(connection, viewer, &[row.owner_id]).await?;
    Ok(!seen.is_empty())
}
