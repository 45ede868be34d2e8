//! An upload held by one request.

use std::sync::Arc;

use bytes::Bytes;
use time::OffsetDateTime;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use super::{
    model::{Durability, Upload, UploadState},
    owner::{Held, Owners, Slot},
    sink::SinkError,
    store,
};
use crate::{db, fail};

/// An upload that only this request holds, until dropped. Run it in its own task: even if the
/// connection closes, the written bytes must be synced.
#[derive(Debug)]
pub struct Taken {
    owners: Owners,
    slot: Arc<Slot>,
    held: OwnedMutexGuard<Option<Held>>,
    /// The row of an upload that has ended.
    over: Option<Upload>,
    cancelled: CancellationToken,
}

/// What may be acknowledged: durable, and ours at the time of the read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// Durable bytes.
    pub offset: u64,
    /// When the upload expires unless it is finished.
    pub expires_at: Option<OffsetDateTime>,
}

/// Why an offset must not be acknowledged. The bytes may be stored; the client asks again.
#[derive(Debug, thiserror::Error)]
pub enum AckError {
    /// Another process is the writer now, or the upload has ended in this state.
    #[error("another process owns the upload now")]
    Lost(Option<UploadState>),
    /// The store failed; after [`SinkError::Broken`] the upload is condemned.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Postgres did not answer in time.
    #[error("Postgres did not answer in time")]
    Database(#[from] sqlx::Error),
}

impl Taken {
    pub(super) fn open(
        owners: Owners,
        slot: Arc<Slot>,
        held: OwnedMutexGuard<Option<Held>>,
        cancelled: CancellationToken,
    ) -> Self {
        Self {
            owners,
            slot,
            held,
            over: None,
            cancelled,
        }
    }

    pub(super) fn over(
        owners: Owners,
        slot: Arc<Slot>,
        held: OwnedMutexGuard<Option<Held>>,
        upload: Upload,
    ) -> Self {
        Self {
            owners,
            slot,
            held,
            over: Some(upload),
            cancelled: CancellationToken::new(),
        }
    }

    /// The upload; its state tells whether it is open.
    #[must_use]
    pub fn upload(&self) -> &Upload {
        match (&*self.held, &self.over) {
            (Some(held), _) => &held.upload,
            (None, Some(upload)) => upload,
            (None, None) => unreachable!("one of the two is set from the start, and stays"),
        }
    }

    /// Cancelled when a newer request wants the upload: stop reading and release it.
    #[must_use]
    pub fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// The offset of the next byte. Earlier bytes need not be durable; see [`Taken::acknowledge`].
    #[must_use]
    pub fn offset(&self) -> u64 {
        match &*self.held {
            Some(held) => held.appender.end(),
            None => self.upload().known_offset,
        }
    }

    /// Whether the length is known and all bytes are there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.upload().length == Some(self.offset())
    }

    /// Whether bytes wait for [`Taken::flush`]; then flush when the body pauses.
    #[must_use]
    pub fn has_gathered(&self) -> bool {
        self.held
            .as_ref()
            .is_some_and(|held| held.appender.has_gathered())
    }

    /// Appends bytes. The caller ensures that they do not exceed the length.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), SinkError> {
        self.appending()?.appender.push(bytes).await
    }

    /// Writes the gathered frames.
    pub async fn flush(&mut self) -> Result<(), SinkError> {
        self.appending()?.appender.flush().await
    }

    /// Makes the written bytes durable and checks that the upload is ours; then the offset may be
    /// acknowledged. With [`Durability::Finish`] and [`Durability::None`] nothing is synced here.
    pub async fn acknowledge(&mut self) -> Result<Acknowledged, AckError> {
        let offset = match self.owners.settings().durability {
            Durability::Ack => self.sync().await?,
            Durability::Finish | Durability::None => {
                self.flush().await?;
                self.offset()
            }
        };
        fail::point("append.synced").await;
        let expires_at = self.confirm().await?;
        Ok(Acknowledged { offset, expires_at })
    }

    /// Syncs; a failed fsync condemns the upload.
    pub(super) async fn sync(&mut self) -> Result<u64, AckError> {
        let held = self.appending()?;
        match held.appender.sync().await {
            Err(SinkError::Broken(error)) => {
                tracing::error!(upload.id = %held.upload.id, %error, "fsync failed");
                let mut upload = held.upload.clone();
                self.owners.condemn(&mut upload, "fsync_failed").await?;
                self.end_here(upload);
                Err(SinkError::Broken(error).into())
            }
            other => Ok(other?),
        }
    }

    /// The single read of an acknowledgement: is the epoch still ours? Waits while Postgres
    /// restarts.
    async fn confirm(&mut self) -> Result<Option<OffsetDateTime>, AckError> {
        let within = self.owners.settings().acknowledge_within;
        let this = &*self;
        let confirmed = db::retry_while_unavailable(within, || this.read_fence()).await?;
        confirmed.map_err(|state| {
            self.let_go(state);
            AckError::Lost(state)
        })
    }

    /// The expiry if the upload is ours; else its state.
    async fn read_fence(
        &self,
    ) -> Result<Result<Option<OffsetDateTime>, Option<UploadState>>, sqlx::Error> {
        let (id, epoch) = (self.upload().id, self.upload().epoch);
        let expiry = self.owners.settings().expiry;
        let mut connection = self.owners.pool().acquire().await?;
        let Some(fence) = store::read_fence(&mut connection, id, expiry).await? else {
            return Ok(Err(None));
        };
        if fence.epoch != epoch || fence.state != UploadState::Uploading {
            return Ok(Err(Some(fence.state)));
        }
        if !fence.is_extension_due {
            return Ok(Ok(fence.expires_at));
        }
        let moved = store::extend_expiry(&mut connection, id, epoch, expiry).await?;
        Ok(moved.ok_or(None))
    }

    /// The data of an open upload; the caller has checked its state.
    fn appending(&mut self) -> Result<&mut Held, SinkError> {
        self.held.as_mut().ok_or(SinkError::Missing)
    }

    /// The owner's data, for the actions that end an upload.
    pub(super) fn owners(&self) -> &Owners {
        &self.owners
    }

    /// The upload has ended, and this process closes its file.
    pub(super) fn end_here(&mut self, upload: Upload) {
        self.over = Some(upload);
        *self.held = None;
    }

    /// Another process is the writer; the next request starts from the row.
    fn let_go(&mut self, state: Option<UploadState>) {
        if let Some(held) = self.held.take() {
            let state = state.unwrap_or(UploadState::Terminated);
            self.over = Some(Upload {
                state,
                ..held.upload
            });
        }
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
impl Taken {
    /// Its slot; its reference count is the number of requests that use the upload.
    pub(super) fn slot_for_test(&self) -> Arc<Slot> {
        Arc::clone(&self.slot)
    }
}

impl Drop for Taken {
    /// An upload that has ended needs no slot.
    fn drop(&mut self) {
        if self.held.is_none() {
            self.owners.forget(self.upload().id, &self.slot);
        }
    }
}
