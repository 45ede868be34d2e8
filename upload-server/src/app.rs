//! The parts that every request needs, created once at start-up.

use std::{io, sync::Arc};

use shared::{
    auth::{Verifier, VerifierSettings},
    blocking, checks,
    checks::Dependencies,
    clock::Clock,
    config::{Accept, ByteSize, HttpArgs, Origin, UploadPath},
    db::{self, Pool, SchemaError},
    ephemeral::Redis,
    events,
    http::{Checks, Health},
    jobs,
    storage::{NodeLock, Store},
    telemetry,
    uploads::{LocalSink, OwnerParts, Owners, Settings},
    wake::WakeUp,
};
use tokio_util::sync::CancellationToken;
use tus_protocol::Limits;

use crate::{config::Config, metrics::Metrics, reserve::Reserve};

const STORE_DOWN: Health = Health::Failed("cannot write to the store");

/// The server's parts.
pub struct App {
    pub owners: Owners,
    pub verifier: Verifier,
    pub limits: Limits,
    pub accept: Accept,
    pub path: UploadPath,
    pub public_origin: Option<Origin>,
    pub http: HttpArgs,
    pub checks: Checks,
    pub reserve: Reserve,
    pub metrics: Metrics,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Signal handlers cannot be installed, or the address of a socket cannot be read.
    #[error("cannot install signal handlers or read the address of a socket")]
    Process(#[source] io::Error),
    /// A port could not be bound.
    #[error("cannot listen on {address}")]
    Listen {
        address: String,
        #[source]
        source: io::Error,
    },
    /// The store cannot be used.
    #[error("the store {path} cannot be used (PAWL_STORE)")]
    Store {
        path: String,
        #[source]
        source: io::Error,
    },
    /// No node id could be reserved.
    #[error("could not reserve a node id in the store")]
    Node(#[source] io::Error),
    /// The database cannot be used.
    #[error("the database cannot be used (DATABASE_URL)")]
    Database(#[from] sqlx::Error),
    /// The Redis client cannot be created. An unavailable Redis is not an error.
    #[error("Redis (REDIS_URL)")]
    Redis(#[from] redis::RedisError),
    /// The database cannot be used, or its schema is too old.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

impl App {
    /// Opens the store and the database, and reserves a node id. `stop` ends the background work
    /// that begins here.
    pub async fn open(
        config: &Config,
        registry: &telemetry::Metrics,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>, StartError> {
        let pool = open_database(config).await?;
        let store = open_store(config).await?;
        let node = take_node(&store).await?;
        let redis = Redis::open(config.redis.url.as_ref())?;
        let owners = Owners::new(OwnerParts {
            pool: pool.clone(),
            sink: LocalSink::new(store.clone()),
            node,
            settings: settings(config),
            jobs: wake_workers(&pool, stop),
            events: events::wake_up(&redis, stop.clone()),
        });
        owners.register(config.terms.listen.as_str()).await?;
        let verifier = VerifierSettings {
            longest_lifetime: config.tokens.lifetime(),
        };
        let reserved_bytes = config.upload.disk_reserve.map(ByteSize::bytes);
        Ok(Arc::new(Self {
            owners,
            verifier: Verifier::new(pool.clone(), Clock::system(), verifier),
            limits: Limits {
                max_size: config.terms.max_size.bytes(),
            },
            accept: config.terms.accept.clone(),
            path: config.terms.path.clone(),
            public_origin: config.origins.upload_public_url.clone(),
            http: config.http.clone(),
            checks: checks::readiness(
                Dependencies {
                    pool,
                    store: store.clone(),
                    store_down: STORE_DOWN,
                    redis,
                },
                registry,
            ),
            reserve: Reserve::new(store, reserved_bytes),
            metrics: Metrics::new(registry),
        }))
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        durability: config.upload.durability,
        expiry: config.upload.expiry,
        acknowledge_within: config.upload.acknowledge_within,
    }
}

/// A pool on a database with a recent enough schema.
pub async fn open_database(config: &Config) -> Result<Pool, StartError> {
    let pool = Pool::new(&db::Settings::from(&config.database), "pawl-upload")?;
    db::require_schema(&pool).await?;
    Ok(pool)
}

/// The store, after a check that it is writable.
async fn open_store(config: &Config) -> Result<Store, StartError> {
    let path = config.store.path.clone();
    let opened = blocking(move || {
        let store = Store::open(path)?;
        store.check_writable()?;
        Ok(store)
    });
    opened.await.map_err(|source| unusable(config, source))
}

/// Whether the store can be used; changes nothing.
pub async fn check_store(config: &Config) -> Result<(), StartError> {
    let path = config.store.path.clone();
    let checked = blocking(move || Store::check(path)).await;
    checked.map_err(|source| unusable(config, source))
}

fn unusable(config: &Config, source: io::Error) -> StartError {
    StartError::Store {
        path: config.store.path.display().to_string(),
        source,
    }
}

async fn take_node(store: &Store) -> Result<NodeLock, StartError> {
    let store = store.clone();
    blocking(move || NodeLock::acquire(&store))
        .await
        .map_err(StartError::Node)
}

/// Sends hints of new jobs. A lost hint delays a transcoder by its polling interval.
fn wake_workers(pool: &Pool, stop: &CancellationToken) -> WakeUp {
    let pool = pool.clone();
    WakeUp::start(stop.clone(), move || {
        let pool = pool.clone();
        async move {
            let sent = async { jobs::notify(&mut *pool.acquire().await?).await };
            if let Err(error) = sent.await {
                tracing::debug!(%error, "could not send the hint of a new job");
            }
        }
    })
}
