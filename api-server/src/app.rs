//! The state that all actions share: connections, keys and small caches. `start` assembles it once.

use std::sync::Arc;
use std::time::Duration;

use shared::auth::{RefreshKey, Signer, Verifier};
use shared::clock::Clock;
use shared::db::Pool;
use shared::ephemeral::Redis;
use shared::media::{Grants, ProgressBoard};
use shared::storage::Store;
use shared::telemetry::SweepMetrics;
use shared::wake::WakeUp;

use crate::batches::Batches;
use crate::config::LimitArgs;
use crate::http::{BodyMemory, CursorKey, Limiter};
use crate::media::access_cache::AccessCache;
use crate::media::published::PublishedSets;
use crate::passwords::Passwords;
use crate::pictures::Pictures;
use crate::refusals::RefusalCounter;
use crate::sign_ins::slots::AttemptSlots;

/// The application's state. It imports leaf modules only, which prevents circular imports.
pub struct App {
    pub pool: Pool,
    pub batches: Batches,
    pub clock: Clock,
    pub verifier: Verifier,
    pub signer: Signer,
    pub refresh_key: RefreshKey,
    pub grants: Grants,
    pub cursors: CursorKey,
    pub passwords: Passwords,
    pub pictures: Pictures,
    /// The memory of bodies other than forms. Each of them has at most 1 MiB.
    pub json_memory: Arc<BodyMemory>,
    pub store: Store,
    pub events: WakeUp,
    pub progress: ProgressBoard,
    pub redis: Redis,
    pub access_cache: AccessCache,
    pub published_sets: PublishedSets,
    pub uploads: UploadTerms,
    /// How long deleted rows and files are kept before the purge.
    pub purge_after: Duration,
    pub limits: LimitArgs,
    pub limiter: Limiter,
    pub sign_in_slots: AttemptSlots,
    pub refusals: RefusalCounter,
    /// Runs of the periodic work.
    pub sweeps: SweepMetrics,
}

/// What clients learn about uploads: the address of upload-server and what it accepts.
pub struct UploadTerms {
    pub url: String,
    pub max_bytes: u64,
    pub accept: Vec<String>,
}
