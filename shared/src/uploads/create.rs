//! Creates uploads. The file and its name are durable before a row refers to them. An open upload
//! without a file has therefore lost its bytes; it is never a new one.

use sqlx::PgConnection;
use tokio::time::timeout;

use super::{
    model::{NewUpload, Upload},
    owner::Owners,
    sink::SinkError,
    store,
    taken::Taken,
};
use crate::{
    fail,
    ids::{PostId, UserId},
    media::MAX_MEDIA_PER_POST,
};

/// Why an upload was not created. Nothing of it remains.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The account is suspended or deleted.
    #[error("the owner's account is not active")]
    OwnerInactive,
    /// The post does not exist, or this user may not see it.
    #[error("there is no such post")]
    PostUnknown,
    /// The post belongs to another user.
    #[error("the post belongs to another user")]
    PostNotYours,
    /// The post has [`MAX_MEDIA_PER_POST`] media items.
    #[error("the post already has the maximum number of media items")]
    PostFull,
    /// The file could not be created.
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
        // Not retried: after a lost answer, a retry would conflict with the committed row.
        let inserting = timeout(self.settings().acknowledge_within, self.insert(new)).await;
        match inserting.unwrap_or(Err(sqlx::Error::PoolTimedOut.into())) {
            Ok(upload) => Ok(self.adopt(upload, appender).await),
            Err(error) => {
                // If the answer to the commit was lost, the row may exist. Then the upload has no
                // file and is condemned at its first use. The client does not know this upload.
                if let Err(error) = self.sink().discard(new.id).await {
                    tracing::warn!(upload.id = %new.id, %error, "a file has no row");
                }
                Err(error)
            }
        }
    }

    async fn insert(&self, new: &NewUpload) -> Result<Upload, CreateError> {
        let expiry = self.settings().expiry;
        let mut connection = self.pool().acquire_to_write().await?;
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
    match usize::try_from(lock.media_count) {
        Ok(count) if count < MAX_MEDIA_PER_POST => Ok(()),
        _ => Err(CreateError::PostFull),
    }
}
