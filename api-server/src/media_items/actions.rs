//! Reads and deletes single media items: the owner always sees a media item, others while it is
//! attached to something that they see.

use shared::auth::Principal;
use shared::ids::MediaId;

use super::rights::require_readable;
use crate::app::App;
use crate::audit;
use crate::audit::model::{Entry, Subject};
use crate::http::{ApiError, ApiResult};
use crate::media::actions::{add_progress, delete_unattached, find_media, render};
use crate::media::model::Media;
use crate::rights::actions::is_admin;

/// A media item that the viewer may see.
pub async fn get_media(app: &App, viewer: Option<&Principal>, id: MediaId) -> ApiResult<Media> {
    let mut connection = app.pool.acquire().await?;
    let row = find_media(&mut connection, id).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    require_readable(&mut connection, viewer, &row).await?;
    drop(connection);
    let is_own = row.is_of(viewer);
    let mut media = render(app, viewer, row);
    if is_own {
        add_progress(app, [&mut media]).await;
    }
    Ok(media)
}

/// Deletes an unattached media item of the caller, or of any user for an admin.
pub async fn delete_media(app: &App, caller: &Principal, id: MediaId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let row = find_media(&mut tx, id).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    let is_own = row.is_of(Some(caller));
    if !is_own && !is_admin(&mut tx, caller.user_id).await? {
        require_readable(&mut tx, Some(caller), &row).await?;
        return Err(ApiError::forbidden());
    }
    delete_unattached(&mut tx, id, app.purge_after).await?;
    if !is_own {
        let entry = Entry::by(caller.user_id, "media.deleted", Subject::Media(id));
        audit::actions::record(&mut tx, entry.concerning(row.owner_id)).await?;
    }
    tx.commit().await?;
    tracing::info!(user.id = %caller.user_id, media.id = %id, "media item deleted");
    Ok(())
}
