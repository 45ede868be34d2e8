//! Removes media.

use std::time::Duration;

use http::StatusCode;
use shared::ids::{MediaId, PostId};
use shared::jobs::{self, NewJob};
use sqlx::PgConnection;

use crate::http::{ApiError, ApiResult};
use crate::media::store;

/// Removes a media item; 403 if a post or a profile uses it, 404 if it is gone.
pub async fn delete_unattached(
    connection: &mut PgConnection,
    id: MediaId,
    files_after: Duration,
) -> ApiResult<()> {
    // Uploads and jobs are locked first, as always. Only then is it known whether the media item is
    // attached; in that case nothing has changed yet.
    end(connection, &[id], true).await?;
    let is_attached = store::lock_media(connection, id).await?;
    if is_attached.ok_or_else(ApiError::not_found)? {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "media_attached",
            "this media item is attached to a post or a profile: remove it there",
        ));
    }
    remove_media(connection, &[id], files_after).await
}

/// Removes media, attached or not, in the caller's transaction: their uploads end, their rows are
/// deleted now, and their files after the purge delay.
pub async fn remove_media(
    connection: &mut PgConnection,
    ids: &[MediaId],
    files_after: Duration,
) -> ApiResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    end(connection, ids, true).await?;
    store::delete_media(connection, ids).await?;
    for id in ids {
        jobs::enqueue(connection, &NewJob::purge_media(*id, files_after)).await?;
    }
    Ok(())
}

/// All media of the post, visible or not.
pub async fn list_post_media_ids(
    connection: &mut PgConnection,
    post_id: PostId,
) -> ApiResult<Vec<MediaId>> {
    Ok(store::list_ids_of_post(connection, post_id).await?)
}

/// Ends the unfinished uploads of a deleted post and the jobs on its media, in the caller's
/// transaction. The rows stay until the purge.
pub async fn end_post_media(connection: &mut PgConnection, post_id: PostId) -> ApiResult<()> {
    let ids = store::list_ids_of_post(connection, post_id).await?;
    if ids.is_empty() {
        return Ok(());
    }
    end(connection, &ids, false).await
}

async fn end(connection: &mut PgConnection, ids: &[MediaId], complete: bool) -> ApiResult<()> {
    store::terminate_uploads(connection, ids, complete).await?;
    Ok(store::cancel_jobs(connection, ids).await?)
}
