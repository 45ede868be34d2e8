//! Permissions of uploads: only the owner may look. Reading does not disturb the writer: it uses
//! the row and, for an open upload, the length of the file.

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

/// The row's offset is durable. For an open upload, later bytes in the file are included, durable
/// or not. If the file cannot be read, only the row counts.
async fn offset(app: &App, row: &uploads::Upload) -> u64 {
    if row.state != UploadState::Uploading {
        return row.known_offset;
    }
    let file = tokio::fs::metadata(app.store.source(row.id)).await;
    let came = file.map_or(0, |file| file.len());
    came.min(row.length.unwrap_or(u64::MAX))
        .max(row.known_offset)
}
