//! The Redis for what may be lost: hints and progress. It may be absent, away or slow; then there is
//! no answer, never an error, and nobody waits longer than they said.
//!
//! Nothing that must last is kept here, and no answer to a client depends on it.

use std::{fmt, time::Duration};

use redis::{
    Client, Cmd, FromRedisValue, RedisResult, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::config::Secret;

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
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_is_none_is_told_at_once() {
        assert!(Redis::open(Some(&"http://127.0.0.1".parse().unwrap())).is_err());
    }
}
