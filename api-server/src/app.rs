//! What all actions share: connections, keys, and small caches. Made once at start-up.

use std::sync::Arc;
use std::time::Duration;

use shared::auth::{RefreshKey, SecretKey, Signer, Verifier, VerifierSettings};
use shared::clock::Clock;
use shared::db::{self, Pool};
use shared::ephemeral::Redis;
use shared::events;
use shared::media::{Grants, ProgressBoard};
use shared::storage::Store;
use shared::wake::WakeUp;
use tokio_util::sync::CancellationToken;

use crate::config::{AnnouncedArgs, LimitArgs, Settings};
use crate::http::{CursorKey, Limiter};
use crate::media::actions::{Judgements, PublishedSets};
use crate::metrics::Refusals;
use crate::passwords::Passwords;
use crate::pictures::Pictures;
use crate::sign_ins::turns::Turns;
use crate::start::StartError;

/// The application's state.
pub struct App {
    pub pool: Pool,
    pub clock: Clock,
    pub verifier: Verifier,
    pub signer: Signer,
    pub refresh_key: RefreshKey,
    pub grants: Grants,
    pub cursors: CursorKey,
    pub passwords: Passwords,
    pub pictures: Pictures,
    pub store: Store,
    pub events: WakeUp,
    pub progress: ProgressBoard,
    pub redis: Redis,
    pub judgements: Judgements,
    pub published_sets: PublishedSets,
    pub uploads: Announced,
    /// How long what was deleted is kept before it is purged.
    pub purge_after: Duration,
    pub limits: LimitArgs,
    pub limiter: Limiter,
    pub sign_in_turns: Turns,
    pub refusals: Refusals,
}

/// What clients are told about uploads.
pub struct Announced {
    pub url: String,
    pub max_bytes: u64,
    pub accept: Vec<String>,
}

/// What an [`App`] stands on.
pub struct Ground {
    pub pool: Pool,
    pub clock: Clock,
    pub secret: SecretKey,
    pub store: Store,
    pub events: WakeUp,
    pub redis: Redis,
    pub access_token_lifetime: time::Duration,
    pub uploads: Announced,
    /// How long what was deleted is kept before it is purged.
    pub purge_after: Duration,
    pub limits: LimitArgs,
}

impl App {
    /// The application on its ground.
    pub fn new(ground: Ground) -> Self {
        let Ground {
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
        } = ground;
        let settings = VerifierSettings {
            longest_lifetime: access_token_lifetime,
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            verifier: Verifier::new(pool.clone(), clock.clone(), settings),
            signer: Signer::new(pool.clone(), &secret, access_token_lifetime),
            refresh_key: RefreshKey::new(&secret),
            grants: Grants::new(&secret),
            cursors: CursorKey::new(&secret),
            // One core is left to those who do not wait for a hash.
            passwords: Passwords::new(cores.saturating_sub(1)),
            pictures: Pictures::default(),
            judgements: Judgements::default(),
            published_sets: PublishedSets::default(),
            pool,
            clock,
            store,
            events,
            progress: ProgressBoard::new(redis.clone()),
            limiter: Limiter::new(&limits, redis.clone()),
            sign_in_turns: Turns::new(limits.sign_in_free_failures),
            refusals: Refusals::default(),
            redis,
            uploads,
            purge_after,
            limits,
        }
    }

    /// The application that checked settings describe. Connects to nothing yet; its
    /// background work ends with `stop`.
    pub fn from_settings(
        settings: &Settings,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>, StartError> {
        let api = &settings.api;
        let redis = Redis::open(settings.redis.url.as_ref())?;
        let ground = Ground {
            pool: Pool::new(&db::Settings::from(&settings.database), "api-server")?,
            clock: Clock::system(),
            secret: api.secret().ok_or(StartError::NoSecret)?,
            store: Store::open(&settings.store.path).map_err(StartError::Store)?,
            events: events::wake_up(&redis, stop.clone()),
            redis,
            access_token_lifetime: time::Duration::try_from(api.access_token_ttl)
                .unwrap_or(time::Duration::MAX),
            uploads: Announced::of(settings),
            purge_after: settings.work.purge_after,
            limits: settings.limits.clone(),
        };
        Ok(Arc::new(Self::new(ground)))
    }
}

impl Announced {
    fn of(settings: &Settings) -> Self {
        let AnnouncedArgs {
            upload_listen,
            upload_path,
            max_upload_size,
            accept,
        } = &settings.announced;
        let origin = settings.origins.upload_public_url.as_ref();
        let origin = origin.map_or_else(|| format!("http://{upload_listen}"), ToString::to_string);
        Self {
            url: format!("{origin}{upload_path}"),
            max_bytes: max_upload_size.bytes(),
            accept: accept.patterns().collect(),
        }
    }
}
