//! One writer. In this process a lock an upload; between processes the row's node and epoch.
//!
//! Every request that takes an upload brings a cancel handle of its own and cancels the one before
//! it, whether that runs or still waits. (One handle shared by all would keep a stale permit and
//! kill the next.)

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

#[derive(Debug)]
struct Shared {
    pool: Pool,
    sink: LocalSink,
    node: NodeLock,
    settings: Settings,
    jobs: WakeUp,
    events: WakeUp,
    slots: Mutex<HashMap<UploadId, Arc<Slot>>>,
}

/// An upload's place in this process. It is in the map as long as anyone uses it, so that there is
/// never a second one.
#[derive(Debug)]
pub(super) struct Slot {
    facts: Facts,
    /// What the owner holds; `None` until it is claimed and after it is over.
    pub held: Arc<tokio::sync::Mutex<Option<Held>>>,
    /// Of the newest request.
    latest: Mutex<CancellationToken>,
}

/// What the writer of an open upload has in its hands.
#[derive(Debug)]
pub(super) struct Held {
    pub upload: Upload,
    pub appender: Appender,
}

/// Why an upload could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// There is no such upload.
    #[error("there is no such upload")]
    Unknown,
    /// Another process has it, or this one does not let go: try again soon.
    #[error("the upload is being written elsewhere")]
    Busy,
    /// A newer request for the same upload came.
    #[error("a newer request took the upload")]
    Superseded,
    /// The store failed.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Postgres failed.
    #[error("the upload could not be claimed")]
    Database(#[from] sqlx::Error),
}

impl Owners {
    /// A process's owner of uploads. `jobs` and `events` are woken after a finish.
    #[must_use]
    pub fn new(
        pool: Pool,
        sink: LocalSink,
        node: NodeLock,
        settings: Settings,
        [jobs, events]: [WakeUp; 2],
    ) -> Self {
        let slots = Mutex::default();
        Self(Arc::new(Shared {
            pool,
            sink,
            node,
            settings,
            jobs,
            events,
            slots,
        }))
    }

    /// Makes this process known in the database. Call it before anything else.
    pub async fn register(&self, name: &str) -> Result<(), sqlx::Error> {
        let mut connection = self.0.pool.acquire().await?;
        store::upsert_node(&mut connection, self.node(), name).await
    }

    /// What is needed to decide who may touch the upload, from memory where it is there.
    pub async fn facts(&self, id: UploadId) -> Result<Option<Facts>, sqlx::Error> {
        if let Some(slot) = self.slots().get(&id) {
            return Ok(Some(slot.facts));
        }
        Ok(self.find(id).await?.map(|upload| upload.facts()))
    }

    pub(super) async fn find(&self, id: UploadId) -> Result<Option<Upload>, sqlx::Error> {
        db::patiently(self.0.settings.confirm_within, || async {
            store::find_upload(&mut *self.0.pool.acquire().await?, id).await
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

    /// Forgets the slots that nobody uses, with the files they keep open; gives back how far each
    /// upload was durable. One whose fsync failed stays until it is condemned.
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

    /// Forgets one upload if the caller is the last that uses it.
    pub(super) fn forget(&self, id: UploadId, own: &Arc<Slot>) {
        let mut slots = self.slots();
        let is_own = |slot: &Arc<Slot>| Arc::ptr_eq(slot, own) && Arc::strong_count(slot) <= 2;
        if slots.get(&id).is_some_and(is_own) {
            slots.remove(&id);
        }
    }

    /// How many uploads this process has in its memory.
    #[must_use]
    pub fn held_count(&self) -> usize {
        self.slots().len()
    }

    /// Whether a request of this process uses the upload right now.
    pub(super) fn is_in_use(&self, id: UploadId) -> bool {
        self.slots()
            .get(&id)
            .is_some_and(|slot| Arc::strong_count(slot) > 1)
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<Slot>>> {
        // Nothing can panic while it is locked; if it did, the map is still whole.
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This process's id.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.0.node.id()
    }

    /// The database.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.0.pool
    }

    /// The store's sources.
    #[must_use]
    pub fn sink(&self) -> &LocalSink {
        &self.0.sink
    }

    /// How it behaves.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Hints that a finish was committed: its job and its event.
    pub(super) fn wake(&self) {
        self.0.jobs.wake();
        self.0.events.wake();
    }
}

/// How far an upload is on disk, as its owner knows it.
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

    /// Puts this request in front, and ends the one before.
    pub(super) fn supersede(&self) -> CancellationToken {
        let mine = CancellationToken::new();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *latest, mine.clone()).cancel();
        mine
    }
}
