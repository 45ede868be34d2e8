//! What nobody asks for and must happen all the same: finishes cut short are completed, uploads
//! expire, the bytes of what came to nothing are removed. Every step may die half-way; the next
//! sweep goes on. Any number of processes may sweep.

use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::{
    finish::failure,
    owner::{Owners, TakeError},
    store,
    taken::AckError,
};
use crate::{
    blocking, db, events,
    ids::UploadId,
    media::{self, FailureCode},
};

/// How many rows or files a step looks at in one go.
const BATCH: i64 = 500;
/// A file younger than this may belong to a creation under way.
const ORPHAN_AGE: Duration = Duration::from_hours(1);

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Finishes completed that had been cut short.
    pub finished: u64,
    /// Uploads ended because their time was over.
    pub expired: u64,
    /// Uploads whose bytes were removed.
    pub discarded: u64,
    /// Pictures of profiles removed that others had taken the place of.
    pub replaced: u64,
    /// Files without a row that were removed.
    pub orphans: u64,
}

impl Owners {
    /// One round of everything.
    pub async fn sweep(&self) -> Result<Swept, AckError> {
        for durable in self.forget_idle() {
            self.record(durable).await?;
        }
        Ok(Swept {
            expired: self.sweep_expired().await?,
            finished: self.sweep_finishes().await?,
            discarded: self.sweep_discarded().await?,
            replaced: self.sweep_replaced().await?,
            orphans: self.sweep_orphans().await?,
        })
    }

    /// Finds open uploads that have all their bytes and that no request is busy with.
    async fn sweep_finishes(&self) -> Result<u64, AckError> {
        let mut finished = 0;
        let mut after = UploadId(Uuid::nil());
        loop {
            let mut connection = self.pool().acquire().await?;
            let open = store::list_open_uploads(&mut connection, after, BATCH).await?;
            drop(connection);
            let Some((last, _)) = open.last() else {
                return Ok(finished);
            };
            after = *last;
            for (id, length) in open {
                let is_whole = self
                    .sink()
                    .length(id)
                    .await
                    .is_ok_and(|there| there == length);
                if is_whole && !self.is_in_use(id) {
                    finished += u64::from(self.finish_one(id).await);
                }
            }
        }
    }

    /// One upload that cannot be finished does not keep the others waiting.
    async fn finish_one(&self, id: UploadId) -> bool {
        self.try_finish(id).await.unwrap_or_else(|error| {
            tracing::warn!(upload.id = %id, %error, "a finish is left to the next sweep");
            false
        })
    }

    async fn try_finish(&self, id: UploadId) -> Result<bool, AckError> {
        let mut taken = match self.take(id).await {
            Ok(taken) if taken.upload().state == super::UploadState::Uploading => taken,
            // Its owner has it, or it is over: then there is nothing to do here.
            Ok(_) | Err(TakeError::Unknown | TakeError::Busy | TakeError::Superseded) => {
                return Ok(false);
            }
            Err(TakeError::Sink(error)) => return Err(error.into()),
            Err(TakeError::Database(error)) => return Err(error.into()),
        };
        match taken.finish().await {
            Ok(_) => Ok(true),
            Err(AckError::Lost(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn sweep_expired(&self) -> Result<u64, AckError> {
        let mut tx = self.pool().begin().await?;
        let mut expired = store::expire_uploads(&mut tx).await?;
        // Media are locked in one order, here as where posts claim them.
        expired.sort_unstable();
        for id in &expired {
            if store::fail_media(&mut tx, *id, FailureCode::UploadExpired).await? {
                let (event, details) = failure();
                events::insert_media_event(&mut tx, (*id).into(), event, &details).await?;
            }
        }
        tx.commit().await?;
        Ok(expired.len() as u64)
    }

    async fn sweep_discarded(&self) -> Result<u64, AckError> {
        let mut connection = self.pool().acquire().await?;
        let ended = store::list_to_discard(&mut connection, BATCH).await?;
        let mut discarded = 0;
        for id in ended {
            if let Err(error) = self.sink().discard(id).await {
                tracing::warn!(upload.id = %id, %error, "a source cannot be removed");
                continue;
            }
            store::mark_discarded(&mut connection, id).await?;
            discarded += 1;
        }
        Ok(discarded)
    }

    /// Their sets go with the next sweep of the transcoder, which looks for sets whose media is gone.
    async fn sweep_replaced(&self) -> Result<u64, AckError> {
        let mut connection = self.pool().acquire().await?;
        let replaced = media::store::delete_replaced(&mut connection, BATCH).await?;
        drop(connection);
        for id in &replaced {
            // A file that stays is an orphan from now on, and swept as one.
            if let Err(error) = self.sink().discard((*id).into()).await {
                tracing::warn!(media.id = %id, %error, "a source cannot be removed");
            }
        }
        Ok(replaced.len() as u64)
    }

    /// Removes files of creations that died before their rows were written; nothing in a store
    /// whose rows are in another database.
    async fn sweep_orphans(&self) -> Result<u64, AckError> {
        if !self.owns_store().await? {
            tracing::warn!(
                "the store belongs to another database; what no row names stays there \
                 (remove the file `database` in PAWL_STORE to hand it over)"
            );
            return Ok(0);
        }
        let folder = self.sink().store().sources();
        let listed = blocking(move || old_sources(&folder)).await;
        let candidates = listed.map_err(super::SinkError::from)?;
        let mut orphans = 0;
        for batch in candidates.chunks(500) {
            let mut connection = self.pool().acquire().await?;
            let known = store::list_known(&mut connection, batch).await?;
            for id in batch
                .iter()
                .map(|id| UploadId(*id))
                .filter(|id| !known.contains(id))
            {
                tracing::info!(upload.id = %id, "removing a source that has no row");
                self.sink().discard(id).await?;
                orphans += 1;
            }
        }
        Ok(orphans)
    }
}

impl Owners {
    async fn owns_store(&self) -> Result<bool, AckError> {
        let database = db::identity(&mut *self.pool().acquire().await?).await?;
        let store = self.sink().store().clone();
        let asked = blocking(move || store.belongs_to(&database)).await;
        Ok(asked.map_err(super::SinkError::from)?)
    }
}

/// The ids of the files that have lain in `folder` for a while.
fn old_sources(folder: &std::path::Path) -> std::io::Result<Vec<Uuid>> {
    let before = SystemTime::now() - ORPHAN_AGE;
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<UploadId>().ok());
        let is_old = || {
            entry
                .metadata()
                .and_then(|meta| meta.modified())
                .is_ok_and(|m| m < before)
        };
        ids.extend(id.filter(|_| is_old()).map(|id| id.0));
    }
    Ok(ids)
}
