//! A single writer per upload: within this process by a lock, between processes by the row's node
//! and epoch.
//!
//! Every request that takes an upload has its own cancel handle and cancels the request before it,
//! whether that one runs or still waits. (A shared handle would keep a stale permit and cancel the
//! next request.)

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::{
    model::{Facts, Settings, Upload},
    sink::{Appender, LocalSink, SinkError},
    store,
};
use crate::{
    db::{self, Pool},
    ids::{NodeId, UploadId},
    storage::NodeLock,
    wake::WakeUp,
};

/// The uploads that this process writes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Owners(Arc<Shared>);

/// What the owner of uploads works with.
#[derive(Debug)]
pub struct OwnerParts {
    /// Postgres.
    pub pool: Pool,
    /// Where bytes go.
    pub sink: LocalSink,
    /// The right to be this node.
    pub node: NodeLock,
    /// Durability and times.
    pub settings: Settings,
    /// Woken after a finish: workers.
    pub jobs: WakeUp,
    /// Woken after a finish: readers of events.
    pub events: WakeUp,
}

#[derive(Debug)]
struct Shared {
    parts: OwnerParts,
    slots: Mutex<HashMap<UploadId, Arc<Slot>>>,
}

/// The slot of an upload in this process. It stays in the map as long as anyone uses it, so that
/// there is never a second slot.
#[derive(Debug)]
pub(super) struct Slot {
    facts: Facts,
    /// The owner's data; `None` until the upload is claimed and after it has ended.
    pub held: Arc<tokio::sync::Mutex<Option<Held>>>,
    /// The handle of the newest request.
    latest: Mutex<CancellationToken>,
}

/// The data of the writer of an open upload.
#[derive(Debug)]
pub(super) struct Held {
    pub upload: Upload,
    pub appender: Appender,
}

/// Why an upload could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The upload does not exist.
    #[error("the upload does not exist")]
    Unknown,
    /// Another process writes it, or a request of this process does not release it: try again soon.
    #[error("another process is writing the upload")]
    Busy,
    /// A newer request for the same upload arrived.
    #[error("a newer request took over the upload")]
    Superseded,
    /// The store failed.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Postgres failed.
    #[error("the upload could not be claimed")]
    Database(#[from] sqlx::Error),
}

impl Owners {
    /// The upload owner of a process.
    #[must_use]
    pub fn new(parts: OwnerParts) -> Self {
        Self(Arc::new(Shared {
            parts,
            slots: Mutex::default(),
        }))
    }

    /// Registers this process in the database. Call it before anything else.
    pub async fn register(&self, name: &str) -> Result<(), sqlx::Error> {
        let mut connection = self.0.parts.pool.acquire_to_write().await?;
        store::upsert_node(&mut connection, self.node(), name).await
    }

    /// The data that decides who may access the upload, from memory if available.
    pub async fn facts(&self, id: UploadId) -> Result<Option<Facts>, sqlx::Error> {
        if let Some(slot) = self.slots().get(&id) {
            return Ok(Some(slot.facts));
        }
        Ok(self.find(id).await?.map(|upload| upload.facts()))
    }

    pub(super) async fn find(&self, id: UploadId) -> Result<Option<Upload>, sqlx::Error> {
        db::retry_while_unavailable(self.0.parts.settings.acknowledge_within, || async {
            store::find_upload(&mut *self.0.parts.pool.acquire().await?, id).await
        })
        .await
    }

    pub(super) fn slot(&self, id: UploadId, facts: Facts) -> Arc<Slot> {
        let mut slots = self.slots();
        Arc::clone(
            slots
                .entry(id)
                .or_insert_with(|| Arc::new(Slot::new(facts))),
        )
    }

    /// Removes unused slots together with their open files, and returns how far each upload is
    /// durable. A slot after a failed fsync stays until its upload is condemned.
    pub(super) fn forget_idle(&self) -> Vec<Durable> {
        let mut forgotten = Vec::new();
        self.slots().retain(|_, slot| {
            let held = slot.held.try_lock();
            let Ok(held) = held.as_deref() else {
                return true;
            };
            let is_broken = held.as_ref().is_some_and(|held| held.appender.is_broken());
            if is_broken || Arc::strong_count(slot) > 1 {
                return true;
            }
            forgotten.extend(held.as_ref().map(Durable::of));
            false
        });
        forgotten
    }

    /// Removes the slot of one upload if the caller is its last user.
    pub(super) fn forget(&self, id: UploadId, own: &Arc<Slot>) {
        let mut slots = self.slots();
        let is_own = |slot: &Arc<Slot>| Arc::ptr_eq(slot, own) && Arc::strong_count(slot) <= 2;
        if slots.get(&id).is_some_and(is_own) {
            slots.remove(&id);
        }
    }

    /// The number of uploads in this process's memory.
    #[must_use]
    pub fn held_count(&self) -> usize {
        self.slots().len()
    }

    /// Whether a request of this process uses the upload now.
    pub(super) fn is_in_use(&self, id: UploadId) -> bool {
        self.slots()
            .get(&id)
            .is_some_and(|slot| Arc::strong_count(slot) > 1)
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<Slot>>> {
        // No code panics while holding this lock; even then the map would be consistent.
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This process's id.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.0.parts.node.id()
    }

    /// The database.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.0.parts.pool
    }

    /// The sources in the store.
    #[must_use]
    pub fn sink(&self) -> &LocalSink {
        &self.0.parts.sink
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// Sends hints of the job and the event of a committed finish.
    pub(super) fn wake(&self) {
        self.0.parts.jobs.wake();
        self.0.parts.events.wake();
    }
}

/// The durable bytes of an upload, as known to its owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Durable {
    pub id: UploadId,
    pub epoch: i64,
    pub offset: u64,
}

impl Durable {
    pub fn of(held: &Held) -> Self {
        Self {
            id: held.upload.id,
            epoch: held.upload.epoch,
            offset: held.appender.synced(),
        }
    }
}

impl Slot {
    fn new(facts: Facts) -> Self {
        Self {
            facts,
            held: Arc::default(),
            latest: Mutex::default(),
        }
    }

    /// Makes this request the newest and cancels the one before.
    pub(super) fn supersede(&self) -> CancellationToken {
        let mine = CancellationToken::new();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *latest, mine.clone()).cancel();
        mine
    }
}
