//! The Redis for what may be lost: hints and progress. It may be absent, away or slow; then there is
//! no answer, never an error, and nobody waits longer than they said.
//!
//! Nothing that must last is kept here, and no answer to a client depends on it.

use std::{fmt, time::Duration};

use redis::{
    Client, Cmd, FromRedisValue, RedisResult, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::{
    config::Secret,
    http::{Checks, Health},
};

/// How long a connection may take, and an answer that nobody is in a hurry for.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// One connection, made at the first use and again whenever it broke; or none at all.
#[derive(Clone)]
pub struct Redis(Option<ConnectionManager>);

impl Redis {
    /// The Redis at `url`. Nothing is connected yet. An error says that the URL cannot be used.
    pub fn open(url: Option<&Secret>) -> RedisResult<Self> {
        let Some(url) = url else {
            return Ok(Self::none());
        };
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let client = Client::open(url.expose())?;
        ConnectionManager::new_lazy_with_config(client, config).map(|redis| Self(Some(redis)))
    }

    /// No Redis: nothing is sent, nothing is answered.
    pub fn none() -> Self {
        Self(None)
    }

    /// Whether there is supposed to be one.
    pub fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// The answer to `command`, if there is one within `patience`.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd, patience: Duration) -> Option<T> {
        let mut redis = self.0.clone()?;
        within(patience, command.query_async(&mut redis)).await
    }

    /// What a script gives, if there is an answer within `patience`.
    pub async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
        patience: Duration,
    ) -> Option<T> {
        let mut redis = self.0.clone()?;
        within(patience, script.invoke_async(&mut redis)).await
    }

    /// Adds the check `redis`, where one is configured: work goes on without it.
    #[must_use]
    pub fn watched_by(self, checks: Checks) -> Checks {
        if !self.is_configured() {
            return checks;
        }
        checks.with("redis", move || {
            let redis = self.clone();
            async move { redis.health().await }
        })
    }

    async fn health(&self) -> Health {
        match self.ask::<()>(&redis::cmd("PING"), PATIENCE).await {
            Some(()) => Health::Ok,
            None => Health::Degraded("Redis does not answer"),
        }
    }
}

async fn within<T>(patience: Duration, answer: impl Future<Output = RedisResult<T>>) -> Option<T> {
    match tokio::time::timeout(patience, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::debug!(%error, "Redis refuses or is away");
            None
        }
        Err(_) => {
            tracing::debug!(?patience, "Redis does not answer in time");
            None
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_configured() {
            "Redis"
        } else {
            "no Redis"
        })
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::Value;

    use super::*;
    use crate::testing::test_redis;

    async fn readiness(redis: Redis) -> (u16, Value) {
        let checks = redis.watched_by(Checks::new());
        let response = checks.answer("/readyz").await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_dead_redis_degrades_and_does_not_fail() {
        let (status, report) = readiness(test_redis()).await;
        assert_eq!(
            (status, &report["checks"][0]["status"]),
            (200, &"ok".into())
        );
        let dead = "redis://127.0.0.1:1".parse().unwrap();
        let (status, report) = readiness(Redis::open(Some(&dead)).unwrap()).await;
        assert_eq!((status, &report["status"]), (200, &"degraded".into()));
        assert_eq!(report["checks"][0]["name"], "redis");
    }

    #[tokio::test]
    async fn without_a_redis_there_is_nothing_to_check() {
        let (status, report) = readiness(Redis::none()).await;
        assert_eq!((status, &report["status"]), (200, &"ok".into()));
        assert_eq!(report["checks"].as_array().unwrap().len(), 0);
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_told_at_once() {
        assert!(Redis::open(Some(&"http://127.0.0.1".parse().unwrap())).is_err());
    }
}
