//! What a process's `/readyz` asks of the parts that it needs: Postgres, the store and Redis.

use std::{sync::Arc, time::Duration};

use sqlx::Connection as _;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    blocking,
    db::Pool,
    ephemeral::{self, Redis},
    http::{Checks, Health},
    storage::Store,
};

/// Shorter than the deadline of a check, so that the answer tells what a store that hangs means.
const STORE_DEADLINE: Duration = Duration::from_secs(1);

/// The checks of one process. A store that takes no file in time is reported as `store_down`;
/// Redis is checked where one is configured, and the process works on without it.
pub fn readiness(pool: Pool, store: Store, store_down: Health, redis: Redis) -> Checks {
    let checks = Checks::new().with("postgres", move || check_postgres(pool.clone()));
    let running = Arc::new(Mutex::new(()));
    let checks = checks.with("store", move || {
        check_store(store.clone(), store_down, Arc::clone(&running))
    });
    if !redis.is_configured() {
        return checks;
    }
    checks.with("redis", move || check_redis(redis.clone()))
}

async fn check_postgres(pool: Pool) -> Health {
    let ping = async { pool.acquire().await?.ping().await };
    match ping.await {
        Ok(()) => Health::Ok,
        Err(_) => Health::Failed("Postgres does not answer"),
    }
}

/// A check of a network file system that hangs keeps its thread, so only one runs at a time.
async fn check_store(store: Store, store_down: Health, running: Arc<Mutex<()>>) -> Health {
    let Ok(running) = running.try_lock_owned() else {
        return store_down;
    };
    let write = blocking(move || {
        let _running = running;
        store.check_writable()
    });
    match timeout(STORE_DEADLINE, write).await {
        Ok(Ok(())) => Health::Ok,
        _ => store_down,
    }
}

async fn check_redis(redis: Redis) -> Health {
    let ping = redis::cmd("PING");
    match redis.ask::<()>(&ping, ephemeral::PATIENCE).await {
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
    use crate::testing::{TestDatabase, test_redis};

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
        let down = Health::Failed("no store");
        readyz(readiness(database.pool.clone(), store, down, redis)).await
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
                let (pool, store) = (database.pool.clone(), store.clone());
                readiness(pool, store, store_down, Redis::none())
            };
            assert_eq!(readyz(checks()).await.0, 200);
            let moved = folder.path().join("elsewhere");
            std::fs::rename(folder.path().join("media"), &moved).unwrap();
            assert_eq!(readyz(checks()).await.0, expected);
            std::fs::rename(&moved, folder.path().join("media")).unwrap();
        }
    }
}
