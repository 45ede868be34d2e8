//! Makes this process the writer of an upload that it does not have in memory.

use super::{
    model::{Durability, Upload},
    owner::{Durable, Held, Owners, TakeError},
    sink::{Appender, SinkError},
    store,
};
use crate::{blocking, db, storage::NodeLock};

/// The outcome of a claim.
pub(super) enum Claimed {
    /// This process is the writer now.
    Open(Box<Held>),
    /// Acknowledged bytes are missing.
    Condemned(Box<Upload>),
}

impl Owners {
    /// The epoch is raised first, so that the previous writer can no longer acknowledge anything.
    /// Only then is the file measured and synced, and its length recorded.
    pub(super) async fn claim(&self, mut upload: Upload) -> Result<Claimed, TakeError> {
        if self.is_held_elsewhere(&upload).await? {
            return Err(TakeError::Busy);
        }
        let claimed = db::retry_while_unavailable(self.settings().acknowledge_within, || async {
            let mut connection = self.pool().acquire_to_write().await?;
            store::claim(&mut connection, upload.id, upload.epoch, self.node()).await
        });
        upload.epoch = claimed.await?.ok_or(TakeError::Busy)?;
        upload.node = Some(self.node());
        let reason = match self.measure(&upload).await {
            Ok(appender) if appender.end() >= upload.known_offset => {
                let held = Held { upload, appender };
                self.record(Durable::of(&held)).await?;
                return Ok(Claimed::Open(Box::new(held)));
            }
            Ok(_) | Err(SinkError::Missing) => "source_missing",
            Err(SinkError::Broken(_)) => "fsync_failed",
            Err(error) => return Err(error.into()),
        };
        tracing::error!(upload.id = %upload.id, reason, "acknowledged bytes are missing");
        self.condemn(&mut upload, reason).await?;
        Ok(Claimed::Condemned(Box::new(upload)))
    }

    /// The end of the file. All of it is on disk, if the durability setting promises that.
    async fn measure(&self, upload: &Upload) -> Result<Appender, SinkError> {
        let mut appender = self.sink().open(upload.id).await?;
        if self.settings().durability != Durability::None {
            appender.sync().await?;
        }
        Ok(appender)
    }

    /// Raises the recorded minimum of the offset, so that a later owner detects missing bytes.
    pub(super) async fn record(&self, durable: Durable) -> Result<(), sqlx::Error> {
        let Durable { id, epoch, offset } = durable;
        if offset == 0 {
            return Ok(());
        }
        db::retry_while_unavailable(self.settings().acknowledge_within, || async {
            let mut connection = self.pool().acquire_to_write().await?;
            store::record_offset(&mut connection, id, epoch, offset).await
        })
        .await
    }

    /// Whether another live process, possibly a stopped one, writes this upload. It may write to
    /// the file at any time, so no other process may continue it.
    async fn is_held_elsewhere(&self, upload: &Upload) -> Result<bool, TakeError> {
        let Some(node) = upload.node.filter(|node| *node != self.node()) else {
            return Ok(false);
        };
        let store = self.sink().store().clone();
        let alive = blocking(move || NodeLock::is_alive(&store, node)).await;
        Ok(alive.map_err(SinkError::from)?)
    }
}
