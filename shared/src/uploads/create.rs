//! Creation: the file and its name are durable before a row speaks of them, so that an open upload
//! without a file is a loss and never a beginning.

use sqlx::PgConnection;
use tokio::time::timeout;

use super::{
    model::{MAX_MEDIA_PER_POST, NewUpload, Upload},
    owner::Owners,
    sink::SinkError,
    store,
    taken::Taken,
};
use crate::{
    fail,
    ids::{PostId, UserId},
};

/// Why an upload was not created. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The account is suspended or gone.
    #[error("the owner's account is not active")]
    OwnerInactive,
    /// No such post, or none that this user may see.
    #[error("there is no such post")]
    PostUnknown,
    /// The post is someone else's.
    #[error("the post is not the owner's")]
    PostNotYours,
    /// The post has [`MAX_MEDIA_PER_POST`] media.
    #[error("the post has as many media as it can have")]
    PostFull,
    /// The file could not be made.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The rows could not be written.
    #[error("the upload could not be recorded")]
    Database(#[from] sqlx::Error),
}

impl Owners {
    /// Creates an upload; this process is its first writer.
    pub async fn create(&self, new: &NewUpload) -> Result<Taken, CreateError> {
        let appender = self.sink().create(new.id).await?;
        fail::point("create.file_made").await;
        // Not tried again: a second row for the same id would hide that the first was committed.
        let inserting = timeout(self.settings().confirm_within, self.insert(new)).await;
        match inserting.unwrap_or(Err(sqlx::Error::PoolTimedOut.into())) {
            Ok(upload) => Ok(self.adopt(upload, appender).await),
            Err(error) => {
                // If the commit's answer was lost the row may be there: then the upload has no
                // file and is condemned at its first use. The client knows of no such upload.
                if let Err(error) = self.sink().discard(new.id).await {
                    tracing::warn!(upload.id = %new.id, %error, "a file without a row is left");
                }
                Err(error)
            }
        }
    }

    async fn insert(&self, new: &NewUpload) -> Result<Upload, CreateError> {
        let expiry = self.settings().expiry;
        let mut connection = self.pool().acquire().await?;
        let (Some(owner), Some(post)) = (new.owner, new.post) else {
            let inserted = store::insert_upload(&mut connection, new, self.node(), expiry).await?;
            return inserted.ok_or(CreateError::OwnerInactive);
        };
        let mut tx = connection.begin().await?;
        check_post(&mut tx, owner, post).await?;
        let inserted = store::insert_upload(&mut tx, new, self.node(), expiry).await?;
        let upload = inserted.ok_or(CreateError::OwnerInactive)?;
        store::append_to_post(&mut tx, new.id, post).await?;
        tx.commit().await?;
        Ok(upload)
    }
}

/// Locks the post and decides whether `owner` may append to it.
async fn check_post(
    connection: &mut PgConnection,
    owner: UserId,
    post: PostId,
) -> Result<(), CreateError> {
    let lock = store::lock_post(connection, owner, post)
        .await?
        .ok_or(CreateError::PostUnknown)?;
    if lock.author != owner {
        let refusal = if lock.is_seen {
            CreateError::PostNotYours
        } else {
            CreateError::PostUnknown
        };
        return Err(refusal);
    }
    if lock.media_count >= MAX_MEDIA_PER_POST {
        return Err(CreateError::PostFull);
    }
    Ok(())
}
