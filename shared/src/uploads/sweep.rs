//! Periodic work on uploads: completes interrupted finishes, expires uploads, and removes bytes of
//! uploads without a result. Every step may be interrupted; the next sweep continues. Any number of
//! processes may sweep.

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

/// The number of rows or files that a step handles at once.
const BATCH: i64 = 500;
/// A younger file may belong to a creation in progress.
const ORPHAN_AGE: Duration = Duration::from_hours(1);

/// The results of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Interrupted finishes that were completed.
    pub finished: u64,
    /// Uploads that expired.
    pub expired: u64,
    /// Uploads whose bytes were removed.
    pub discarded: u64,
    /// Replaced profile pictures that were removed.
    pub replaced: u64,
    /// Files without a row that were removed.
    pub orphans: u64,
}

impl Owners {
    /// Runs all steps once.
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

    /// Finds open uploads that have all their bytes and are not used by a request.
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

    /// An upload that cannot be finished does not block the others.
    async fn finish_one(&self, id: UploadId) -> bool {
        self.try_finish(id).await.unwrap_or_else(|error| {
            tracing::warn!(upload.id = %id, %error, "could not complete a finish");
            false
        })
    }

    async fn try_finish(&self, id: UploadId) -> Result<bool, AckError> {
        let mut taken = match self.take(id).await {
            Ok(taken) if taken.upload().state == super::UploadState::Uploading => taken,
            // Another process owns it, or it has ended: nothing to do here.
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
        // Media items are always locked in the same order, as when a post claims them.
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
                tracing::warn!(upload.id = %id, %error, "could not remove a source");
                continue;
            }
            store::mark_discarded(&mut connection, id).await?;
            discarded += 1;
        }
        Ok(discarded)
    }

    /// The next sweep of the transcoder removes their sets, because their media item is gone.
    async fn sweep_replaced(&self) -> Result<u64, AckError> {
        let mut connection = self.pool().acquire_to_write().await?;
        let replaced = media::store::delete_replaced(&mut connection, BATCH).await?;
        drop(connection);
        for id in &replaced {
            // A file that could not be removed is an orphan now; a later sweep removes it.
            if let Err(error) = self.sink().discard((*id).into()).await {
                tracing::warn!(media.id = %id, %error, "could not remove a source");
            }
        }
        Ok(replaced.len() as u64)
    }

    /// Removes files of creations that died before their rows were written. Removes nothing if the
    /// store belongs to another database.
    async fn sweep_orphans(&self) -> Result<u64, AckError> {
        if !self.owns_store().await? {
            tracing::warn!(
                "the store belongs to another database, so files without a row are kept; to hand \
                 the store over, remove the file `database` in PAWL_STORE"
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

/// The ids of the files in `folder` that are old enough.
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
