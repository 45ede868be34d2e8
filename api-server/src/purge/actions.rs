//! The steps of a purge, in an order that allows an interruption after each.

use std::io;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use shared::ids::{MediaId, PostId};
use shared::jobs::PurgeTarget;
use shared::storage::Store;
use shared::{blocking, fail};

use super::store;
use crate::app::App;
use crate::http::ApiError;
use crate::media;

/// Why a purge did not finish; the next attempt continues.
#[derive(Debug, thiserror::Error)]
pub enum PurgeError {
    #[error("a statement failed")]
    Database(#[from] sqlx::Error),
    #[error("a file could not be removed")]
    Store(#[from] io::Error),
    #[error("could not remove the media of a post: {0:?}")]
    Media(ApiError),
    #[error("the job names neither a post nor a media item")]
    Payload(#[from] serde_json::Error),
}

/// Executes a job of the kind `purge`.
pub async fn purge(app: &App, payload: &Value) -> Result<(), PurgeError> {
    match PurgeTarget::deserialize(payload)? {
        PurgeTarget::Post(id) => purge_post(app, id).await,
        PurgeTarget::Media(id) => purge_media(app, id).await,
    }
}

/// Removes comments, likes and media before the post. The files of its media are jobs of their own.
async fn purge_post(app: &App, id: PostId) -> Result<(), PurgeError> {
    let mut connection = app.pool.acquire_to_write().await?;
    if !store::is_post_deleted(&mut connection, id).await? {
        return Ok(());
    }
    while store::delete_comment_likes(&mut connection, id).await? > 0 {}
    fail::point("purge.comment_likes").await;
    while store::delete_comments(&mut connection, id).await? > 0 {}
    fail::point("purge.comments").await;
    while store::delete_likes(&mut connection, id).await? > 0 {}
    for media_id in media::actions::list_post_media_ids(&mut connection, id)
        .await
        .map_err(PurgeError::Media)?
    {
        let mut tx = connection.begin().await?;
        let removed = media::actions::remove_media(&mut tx, &[media_id], Duration::ZERO).await;
        removed.map_err(PurgeError::Media)?;
        connection = tx.commit().await?;
        fail::point("purge.media").await;
    }
    store::delete_post(&mut connection, id).await?;
    tracing::info!(post.id = %id, "purged a deleted post");
    Ok(())
}

/// Removes the files only if the media item has no row, and the upload's row after the files, so
/// that the remaining files can always be found.
async fn purge_media(app: &App, id: MediaId) -> Result<(), PurgeError> {
    let mut connection = app.pool.acquire_to_write().await?;
    if store::has_media(&mut connection, id).await? {
        return Ok(());
    }
    drop(connection);
    let store = app.store.clone();
    blocking(move || remove_files(&store, id)).await?;
    fail::point("purge.files").await;
    let mut connection = app.pool.acquire_to_write().await?;
    store::delete_upload(&mut connection, id).await?;
    tracing::info!(media.id = %id, "purged a deleted media");
    Ok(())
}

fn remove_files(store: &Store, id: MediaId) -> io::Result<()> {
    ignore_missing(std::fs::remove_file(store.ready(id.into())))?;
    ignore_missing(std::fs::remove_dir_all(store.media(id)))?;
    ignore_missing(std::fs::remove_file(store.source(id.into())))
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
