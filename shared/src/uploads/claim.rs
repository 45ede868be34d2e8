//! Becoming the writer of an upload that this process does not have in its memory.

use super::{
    model::{Durability, Upload},
    owner::{Durable, Held, Owners, TakeError},
    sink::{Appender, SinkError},
    store,
};
use crate::{blocking, db, storage::NodeLock};

/// What became of a claim.
pub(super) enum Claimed {
    /// It is ours.
    Open(Box<Held>),
    /// Acknowledged bytes are not there.
    Condemned(Box<Upload>),
}

impl Owners {
    /// First the epoch: whoever had it before can acknowledge nothing any more. Only then the file
    /// is measured and synced, and what is there is recorded.
    pub(super) async fn claim(&self, mut upload: Upload) -> Result<Claimed, TakeError> {
        if self.is_held_elsewhere(&upload).await? {
            return Err(TakeError::Busy);
        }
        let claimed = db::patiently(self.settings().confirm_within, || async {
            let mut connection = self.pool().acquire().await?;
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
        tracing::error!(upload.id = %upload.id, reason, "acknowledged bytes are lost");
        self.condemn(&mut upload, reason).await?;
        Ok(Claimed::Condemned(Box::new(upload)))
    }

    /// The end of the file, which is all on disk if that is what is promised.
    async fn measure(&self, upload: &Upload) -> Result<Appender, SinkError> {
        let mut appender = self.sink().open(upload.id).await?;
        if self.settings().durability != Durability::None {
            appender.sync().await?;
        }
        Ok(appender)
    }

    /// Raises the floor under the offset, so that a later owner sees when bytes are gone.
    pub(super) async fn record(&self, durable: Durable) -> Result<(), sqlx::Error> {
        let Durable { id, epoch, offset } = durable;
        if offset == 0 {
            return Ok(());
        }
        db::patiently(self.settings().confirm_within, || async {
            let mut connection = self.pool().acquire().await?;
            store::record_offset(&mut connection, id, epoch, offset).await
        })
        .await
    }

    /// Whether another process that still lives, be it asleep, writes this upload: it may write
    /// into the file at any time, so nobody else goes on in it.
    async fn is_held_elsewhere(&self, upload: &Upload) -> Result<bool, TakeError> {
        let Some(node) = upload.node.filter(|node| *node != self.node()) else {
            return Ok(false);
        };
        let store = self.sink().store().clone();
        let alive = blocking(move || NodeLock::is_alive(&store, node)).await;
        Ok(alive.map_err(SinkError::from)?)
    }
}
