//! Builds the application's state from its parts, or from settings.

use std::sync::Arc;
use std::time::Duration;

use shared::auth::{RefreshKey, SecretKey, Signer, Verifier, VerifierSettings};
use shared::clock::Clock;
use shared::db::{self, Pool};
use shared::ephemeral::Redis;
use shared::events;
use shared::media::image::child::PictureProgram;
use shared::media::{Grants, ProgressBoard};
use shared::storage::Store;
use shared::telemetry::SweepMetrics;
use shared::wake::WakeUp;
use tokio_util::sync::CancellationToken;

use super::error::StartError;
use crate::app::{App, UploadTerms};
use crate::batches::Batches;
use crate::config::{LimitArgs, Settings};
use crate::http::{BodyMemory, CursorKey};
use crate::media::access_cache::AccessCache;
use crate::media::published::PublishedSets;
use crate::passwords::Passwords;
use crate::pictures::Pictures;
use crate::refusals::RefusalCounter;
use crate::sign_ins::slots::AttemptSlots;
use crate::worker::prune;

/// The memory of all JSON bodies together. Each has at most 1 MiB, and ordinary ones are not
/// counted.
const JSON_BYTES: usize = 64 << 20;

/// The parts from which an [`App`] is built; the rest follows from them.
pub struct AppParts {
    pub pool: Pool,
    pub clock: Clock,
    pub secret: SecretKey,
    pub store: Store,
    pub events: WakeUp,
    pub redis: Redis,
    pub access_token_lifetime: time::Duration,
    pub uploads: UploadTerms,
    /// How long deleted rows and files are kept before the purge.
    pub purge_after: Duration,
    pub limits: LimitArgs,
    pub pictures: Pictures,
}

/// The application's state from its parts.
pub fn assemble(parts: AppParts) -> App {
    let AppParts {
        pool,
        clock,
        secret,
        store,
        events,
        redis,
        access_token_lifetime,
        uploads,
        purge_after,
        limits,
        pictures,
    } = parts;
    let settings = VerifierSettings {
        longest_lifetime: access_token_lifetime,
    };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let refusals = RefusalCounter::default();
    App {
        verifier: Verifier::new(pool.clone(), clock.clone(), settings),
        signer: Signer::new(pool.clone(), &secret, access_token_lifetime),
        refresh_key: RefreshKey::new(&secret),
        grants: Grants::new(&secret),
        cursors: CursorKey::new(&secret),
        // One core is reserved for requests that hash no password.
        passwords: Passwords::new(cores.saturating_sub(1)),
        pictures,
        json_memory: Arc::new(BodyMemory::new(JSON_BYTES)),
        access_cache: AccessCache::default(),
        published_sets: PublishedSets::default(),
        batches: Batches::new(&pool, &events),
        pool,
        clock,
        store,
        events,
        progress: ProgressBoard::new(redis.clone()),
        limiter: refusals.limiter(&limits, redis.clone()),
        sign_in_slots: AttemptSlots::new(limits.sign_in_free_failures),
        refusals,
        sweeps: SweepMetrics::new(&prune::SWEEPS),
        redis,
        uploads,
        purge_after,
        limits,
    }
}

/// Builds the state from validated settings. It connects to nothing yet; its background work ends
/// with `stop`.
pub(super) fn from_settings(
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<Arc<App>, StartError> {
    let api = &settings.api;
    let redis = Redis::open(settings.redis.url.as_ref())?;
    let parts = AppParts {
        pool: Pool::new(&db::Settings::from(&settings.database), "api-server")?,
        clock: Clock::system(),
        secret: api.secret().ok_or(StartError::NoSecret)?,
        store: Store::open(&settings.store.path).map_err(StartError::Store)?,
        events: events::wake_up(&redis, stop.clone()),
        redis,
        access_token_lifetime: settings.tokens.lifetime(),
        uploads: upload_terms(settings),
        purge_after: settings.work.purge_after,
        limits: settings.limits.clone(),
        pictures: Pictures::new(PictureProgram::this()),
    };
    Ok(Arc::new(assemble(parts)))
}

fn upload_terms(settings: &Settings) -> UploadTerms {
    let terms = &settings.upload_terms;
    let origin = settings.origins.upload_public_url.as_ref();
    let origin = origin.map_or_else(|| format!("http://{}", terms.listen), ToString::to_string);
    UploadTerms {
        url: format!("{origin}{}", terms.path),
        max_bytes: terms.max_size.bytes(),
        accept: terms.accept.patterns().collect(),
    }
}
