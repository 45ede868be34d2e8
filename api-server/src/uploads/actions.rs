//! Who may look at an upload: its owner. Nothing here disturbs who writes it: the row is read, and
//! the length of an open upload's file.

use shared::auth::Principal;
use shared::ids::UploadId;
use shared::uploads::{self, UploadState};

use super::model::Upload;
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// The caller's upload.
pub async fn get_upload(app: &App, caller: &Principal, id: UploadId) -> ApiResult<Upload> {
    let mut connection = app.pool.acquire().await?;
    let row = uploads::find_upload(&mut connection, id).await?;
    drop(connection);
    let row = row.filter(|row| row.owner == Some(caller.user_id));
    let row = row.ok_or_else(ApiError::not_found)?;
    Ok(Upload {
        id,
        state: row.state.into(),
        offset: offset(app, &row).await,
        length: row.length,
        expires_at: row
            .expires_at
            .filter(|_| row.state == UploadState::Uploading),
    })
}

/// What the row knows is safe; of an open upload also what came since, without asking whether it
/// is. A file that cannot be looked at tells nothing more.
async fn offset(app: &App, row: &uploads::Upload) -> u64 {
    if row.state != UploadState::Uploading {
        return row.known_offset;
    }
    let file = tokio::fs::metadata(app.store.source(row.id)).await;
    let came = file.map_or(0, |file| file.len());
    came.min(row.length.unwrap_or(u64::MAX))
        .max(row.known_offset)
}
