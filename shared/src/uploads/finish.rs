//! The ends of an upload. Each is one transaction, fenced by the epoch: upload, media item, job and
//! event change together or not at all.

use serde_json::json;
use tokio::time::timeout;

use super::{
    model::{Durability, Upload, UploadState},
    owner::Owners,
    store,
    taken::{AckError, Taken},
};
use crate::{
    db,
    events::{self, MediaEvent},
    fail,
    media::FailureCode,
};

/// The outcome of the finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The upload is complete and its media item is being processed.
    Complete,
    /// The finish was refused because the account is not active any more.
    Rejected,
}

impl Taken {
    /// Finishes an upload that has all its bytes. An error leaves it undecided: the bytes are kept,
    /// and the next HEAD or the sweep tries again.
    pub async fn finish(&mut self) -> Result<Finished, AckError> {
        fail::point("finish.received").await;
        let length = match self.owners().settings().durability {
            Durability::None => {
                self.flush().await?;
                self.offset()
            }
            Durability::Ack | Durability::Finish => self.sync().await?,
        };
        fail::point("finish.synced").await;
        let upload = self.upload().clone();
        let state = self.owners().decide_finish(&upload, length).await?;
        fail::point("finish.committed").await;
        let Some(state) = state else {
            return match self.lost().await {
                // It is complete, whichever statement did it; possibly ours, if the answer to its
                // commit was lost.
                Err(AckError::Lost(Some(UploadState::Complete))) => Ok(Finished::Complete),
                other => other,
            };
        };
        let owners = self.owners().clone();
        self.end_here(Upload {
            state,
            length: Some(length),
            known_offset: length,
            ..upload
        });
        if state != UploadState::Complete {
            return Ok(Finished::Rejected);
        }
        owners.hint(self.upload()).await;
        fail::point("finish.hinted").await;
        Ok(Finished::Complete)
    }

    /// Terminates an unfinished upload at its owner's request. Its media item is removed from its
    /// post.
    pub async fn terminate(&mut self) -> Result<(), AckError> {
        let upload = self.upload().clone();
        let within = self.owners().settings().acknowledge_within;
        let ending = timeout(within, self.owners().commit_termination(&upload)).await;
        if !ending.unwrap_or(Err(sqlx::Error::PoolTimedOut))? {
            return self.lost().await.map(|_| ());
        }
        let owners = self.owners().clone();
        self.end_here(Upload {
            state: UploadState::Terminated,
            ..upload
        });
        owners.discard(self.upload()).await;
        Ok(())
    }

    /// The epoch is not ours: reads the upload's state from its row and releases it.
    async fn lost(&mut self) -> Result<Finished, AckError> {
        match self.acknowledge().await {
            // The read found our epoch after all, for example after a statement timeout.
            Ok(_) => Err(AckError::Lost(Some(UploadState::Uploading))),
            Err(error) => Err(error),
        }
    }
}

impl Owners {
    /// Runs the transaction; waits while Postgres restarts.
    async fn decide_finish(
        &self,
        upload: &Upload,
        length: u64,
    ) -> Result<Option<UploadState>, sqlx::Error> {
        let within = self.settings().acknowledge_within;
        db::retry_while_unavailable(within, || self.commit_finish(upload, length)).await
    }

    async fn commit_finish(
        &self,
        upload: &Upload,
        length: u64,
    ) -> Result<Option<UploadState>, sqlx::Error> {
        let mut tx = self.pool().begin().await?;
        let state = store::finish_upload(&mut tx, upload.id, upload.epoch, length).await?;
        let Some(state) = state else { return Ok(None) };
        if upload.has_media {
            let (event, details) = match state {
                UploadState::Complete => (MediaEvent::Processing, json!({"state": "processing"})),
                _ => failure(),
            };
            events::insert_media_event(&mut tx, upload.id.into(), event, &details).await?;
        }
        fail::point("finish.in_transaction").await;
        tx.commit().await?;
        Ok(Some(state))
    }

    async fn commit_termination(&self, upload: &Upload) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool().begin().await?;
        let (id, epoch) = (upload.id, upload.epoch);
        let state = UploadState::Terminated;
        let ended = store::end_upload(&mut tx, id, epoch, state, "by_owner").await?;
        if ended {
            store::delete_media(&mut tx, id).await?;
            tx.commit().await?;
        }
        Ok(ended)
    }

    /// Ends an upload whose acknowledged bytes are missing. From now on it answers 410, never
    /// offset 0.
    pub(super) async fn condemn(
        &self,
        upload: &mut Upload,
        reason: &str,
    ) -> Result<(), sqlx::Error> {
        let within = self.settings().acknowledge_within;
        let condemning = || self.commit_condemnation(upload, reason);
        if db::retry_while_unavailable(within, condemning).await? {
            upload.state = UploadState::Condemned;
        }
        Ok(())
    }

    /// `false` if another process owns the upload now; then that process decides.
    async fn commit_condemnation(
        &self,
        upload: &Upload,
        reason: &str,
    ) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool().begin().await?;
        let (id, epoch) = (upload.id, upload.epoch);
        if !store::end_upload(&mut tx, id, epoch, UploadState::Condemned, reason).await? {
            return Ok(false);
        }
        if store::fail_media(&mut tx, id, FailureCode::UploadRejected).await? {
            let (event, details) = failure();
            events::insert_media_event(&mut tx, id.into(), event, &details).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// After a commit: writes the hint file and sends the coalesced notifications. All may be lost,
    /// because a transcoder also polls.
    async fn hint(&self, upload: &Upload) {
        self.wake();
        let path = self.sink().store().ready(upload.id);
        if let Err(error) = tokio::fs::write(path, b"").await {
            tracing::warn!(upload.id = %upload.id, %error, "could not write the ready hint");
        }
    }

    /// Removes the bytes of an upload without a result. If this fails, the sweep does it later.
    pub(super) async fn discard(&self, upload: &Upload) {
        if let Err(error) = self.try_discard(upload).await {
            tracing::warn!(upload.id = %upload.id, %error, "could not discard an upload");
        }
    }

    async fn try_discard(&self, upload: &Upload) -> Result<(), AckError> {
        self.sink().discard(upload.id).await?;
        let mut connection = self.pool().acquire_to_write().await?;
        Ok(store::mark_discarded(&mut connection, upload.id).await?)
    }
}

/// The event of a failed media item. Other users see that it failed but not why; the reason is in
/// the row, for its owner.
pub(super) fn failure() -> (MediaEvent, serde_json::Value) {
    (MediaEvent::Failed, json!({"state": "failed"}))
}
