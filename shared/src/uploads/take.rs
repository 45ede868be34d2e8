//! Taking an upload: from memory if this process has it there, else by a claim.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use super::{
    claim::Claimed,
    model::{Upload, UploadState},
    owner::{Held, Owners, TakeError},
    sink::{Appender, SinkError},
    taken::Taken,
};
use crate::{ids::UploadId, telemetry::in_current_trace};

/// How long a request waits for the request that it interrupts.
const TAKE_WITHIN: Duration = Duration::from_secs(10);

impl Owners {
    /// Interrupts the request that has the upload and becomes its writer. An upload that has ended
    /// is taken too, as read from the database; its state tells.
    pub async fn take(&self, id: UploadId) -> Result<Taken, TakeError> {
        let facts = self.facts(id).await?.ok_or(TakeError::Unknown)?;
        let slot = self.slot(id, facts);
        let cancelled = slot.supersede();
        let lock = Arc::clone(&slot.held).lock_owned();
        let Ok(mut held) = timeout(TAKE_WITHIN, lock).await else {
            return Err(TakeError::Busy);
        };
        if cancelled.is_cancelled() {
            return Err(TakeError::Superseded);
        }
        if held.is_some() {
            return Ok(Taken::open(self.clone(), slot, held, cancelled));
        }
        let upload = self.find(id).await?.ok_or(TakeError::Unknown)?;
        if upload.state != UploadState::Uploading {
            return Ok(Taken::over(self.clone(), slot, held, upload));
        }
        // Runs as its own task, because the result of its fsync must not be lost with the request.
        let owners = self.clone();
        let claiming = tokio::spawn(in_current_trace(async move { owners.claim(upload).await }));
        let claimed = claiming
            .await
            .unwrap_or_else(|panic| Err(SinkError::Io(std::io::Error::other(panic)).into()));
        match claimed? {
            Claimed::Open(claimed) => {
                *held = Some(*claimed);
                Ok(Taken::open(self.clone(), slot, held, cancelled))
            }
            Claimed::Condemned(upload) => Ok(Taken::over(self.clone(), slot, held, *upload)),
        }
    }

    /// The slot of a new upload whose rows were just committed.
    pub(super) async fn adopt(&self, upload: Upload, appender: Appender) -> Taken {
        let slot = self.slot(upload.id, upload.facts());
        let cancelled = slot.supersede();
        let mut held = Arc::clone(&slot.held).lock_owned().await;
        *held = Some(Held { upload, appender });
        Taken::open(self.clone(), slot, held, cancelled)
    }
}
