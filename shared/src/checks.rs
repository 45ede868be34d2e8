//! The readiness checks of Postgres, the store and Redis, and their metrics.

use std::{sync::Arc, time::Duration};

use prometheus_client::metrics::gauge::Gauge;
use sqlx::Connection as _;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    blocking,
    db::Pool,
    ephemeral::{self, Redis},
    http::{Checks, Health},
    storage::{Space, Store},
    telemetry::Metrics,
};

/// Shorter than the deadline of a check, so that the check reports a store that hangs.
const STORE_DEADLINE: Duration = Duration::from_secs(1);

/// The parts that a process needs.
#[derive(Debug, Clone)]
pub struct Dependencies {
    /// Its connections.
    pub pool: Pool,
    /// Where the bytes are.
    pub store: Store,
    /// What a store means that takes no file in time.
    pub store_down: Health,
    /// Checked where one is configured; the process works on without it.
    pub redis: Redis,
}

/// The checks of one process. `metrics` gets their results, the use of the pool and the space of
/// the store.
pub fn readiness(needs: Dependencies, metrics: &Metrics) -> Checks {
    let Dependencies {
        pool,
        store,
        store_down,
        redis,
    } = needs;
    register_pool(&pool, metrics);
    let checks = Checks::new().with("postgres", move || check_postgres(pool.clone()));
    let check = Arc::new(StoreCheck {
        store,
        store_down,
        running: Arc::default(),
        space: SpaceMetrics::register(metrics),
    });
    let checks = checks.with("store", move || Arc::clone(&check).run());
    let checks = if redis.is_configured() {
        checks.with("redis", move || check_redis(redis.clone()))
    } else {
        checks
    };
    checks.registered(metrics)
}

fn register_pool(pool: &Pool, metrics: &Metrics) {
    let (used, max) = (pool.clone(), pool.clone());
    let help = "Connections to Postgres in use";
    metrics.register_reading("db_connections_used", help, move || used.used());
    let help = "Maximum number of connections to Postgres";
    metrics.register_reading("db_connections_max", help, move || max.max_connections());
    let (writing, max) = (pool.clone(), pool.clone());
    let help = "Connections to Postgres in use for writes";
    metrics.register_reading("db_connections_writing", help, move || writing.writing());
    let help = "Maximum number of connections to Postgres for writes";
    metrics.register_reading("db_connections_writing_max", help, move || {
        max.max_writing()
    });
}

async fn check_postgres(pool: Pool) -> Health {
    let ping = async { pool.acquire().await?.ping().await };
    match ping.await {
        Ok(()) => Health::Ok,
        Err(_) => Health::Failed("Postgres does not answer"),
    }
}

struct StoreCheck {
    store: Store,
    store_down: Health,
    /// A check of a network file system that hangs keeps its thread, so only one runs at a time.
    running: Arc<Mutex<()>>,
    space: SpaceMetrics,
}

impl StoreCheck {
    async fn run(self: Arc<Self>) -> Health {
        let Ok(running) = Arc::clone(&self.running).try_lock_owned() else {
            return self.store_down;
        };
        let (store, space) = (self.store.clone(), self.space.clone());
        let write = blocking(move || {
            let _running = running;
            space.note(store.space()?);
            store.check_writable()
        });
        match timeout(STORE_DEADLINE, write).await {
            Ok(Ok(())) => Health::Ok,
            _ => self.store_down,
        }
    }
}

/// The space of the store's file system, as the last check found it.
#[derive(Debug, Clone, Default)]
struct SpaceMetrics {
    free: Gauge,
    size: Gauge,
}

impl SpaceMetrics {
    fn register(metrics: &Metrics) -> Self {
        let own = Self::default();
        let help = "Free bytes of the store's file system";
        metrics.register("store_free_bytes", help, own.free.clone());
        let help = "Size of the store's file system";
        metrics.register("store_size_bytes", help, own.size.clone());
        own
    }

    fn note(&self, space: Space) {
        let number = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
        self.free.set(number(space.available));
        self.size.set(number(space.total));
    }
}

async fn check_redis(redis: Redis) -> Health {
    let ping = redis::cmd("PING");
    match redis.ask::<()>(&ping, ephemeral::ANSWER_TIMEOUT).await {
        Some(()) => Health::Ok,
        None => Health::Degraded("Redis does not answer"),
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::Value;
    use tempfile::TempDir;

    use super::*;
    use crate::{
        telemetry::Build,
        testing::{TestDatabase, test_redis},
    };

    /// The status of `/readyz` and its report.
    async fn readyz(checks: Checks) -> (u16, Value) {
        let response = checks.answer("/readyz").await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn with_redis(redis: Redis) -> (u16, Value) {
        let database = TestDatabase::create().await;
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let needs = Dependencies {
            pool: database.pool.clone(),
            store,
            store_down: Health::Failed("no store"),
            redis,
        };
        readyz(readiness(needs, &Metrics::new(Build::of("test")))).await
    }

    #[tokio::test]
    async fn a_dead_redis_degrades_and_does_not_fail() {
        let (status, report) = with_redis(test_redis()).await;
        assert_eq!((status, &report["status"]), (200, &"ok".into()));
        let dead = "redis://127.0.0.1:1".parse().unwrap();
        let (status, report) = with_redis(Redis::open(Some(&dead)).unwrap()).await;
        assert_eq!((status, &report["status"]), (200, &"degraded".into()));
        assert_eq!(report["checks"][2]["name"], "redis");
    }

    #[tokio::test]
    async fn without_a_redis_there_is_nothing_to_check() {
        let (status, report) = with_redis(Redis::none()).await;
        assert_eq!((status, &report["status"]), (200, &"ok".into()));
        assert_eq!(report["checks"].as_array().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_as_the_server_says() {
        let database = TestDatabase::create().await;
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        for (store_down, expected) in [
            (Health::Degraded("no pictures"), 200),
            (Health::Failed("no store"), 503),
        ] {
            let checks = || {
                let needs = Dependencies {
                    pool: database.pool.clone(),
                    store: store.clone(),
                    store_down,
                    redis: Redis::none(),
                };
                readiness(needs, &Metrics::new(Build::of("test")))
            };
            assert_eq!(readyz(checks()).await.0, 200);
            let moved = folder.path().join("elsewhere");
            std::fs::rename(folder.path().join("media"), &moved).unwrap();
            assert_eq!(readyz(checks()).await.0, expected);
            std::fs::rename(&moved, folder.path().join("media")).unwrap();
        }
    }
}
