//! Redis for data that may be lost: hints and progress. If Redis is not configured, unavailable or
//! slow, the result is `None`, never an error, and callers wait no longer than they specified.
//!
//! Nothing that must last is stored here, and no answer to a client depends on it.

use std::{fmt, time::Duration};

use redis::{
    Client, Cmd, FromRedisValue, RedisResult, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::config::Secret;

/// Timeout for connecting, and for answers that are not urgent.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// At most one connection, made at first use and again after it broke.
#[derive(Clone)]
pub struct Redis(Option<ConnectionManager>);

impl Redis {
    /// Redis at `url`. It connects later. Fails if the URL is not valid.
    pub fn open(url: Option<&Secret>) -> RedisResult<Self> {
        let Some(url) = url else {
            return Ok(Self::none());
        };
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(ANSWER_TIMEOUT))
            .set_response_timeout(Some(ANSWER_TIMEOUT));
        let client = Client::open(url.expose())?;
        ConnectionManager::new_lazy_with_config(client, config).map(|redis| Self(Some(redis)))
    }

    /// Without Redis: sends nothing, returns nothing.
    pub fn none() -> Self {
        Self(None)
    }

    /// Whether Redis is configured.
    pub fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// The answer to `command`, if it arrives within `timeout`.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd, timeout: Duration) -> Option<T> {
        let mut redis = self.0.clone()?;
        within(timeout, command.query_async(&mut redis)).await
    }

    /// The result of a script, if it arrives within `timeout`.
    pub async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
        timeout: Duration,
    ) -> Option<T> {
        let mut redis = self.0.clone()?;
        within(timeout, script.invoke_async(&mut redis)).await
    }
}

async fn within<T>(timeout: Duration, answer: impl Future<Output = RedisResult<T>>) -> Option<T> {
    match tokio::time::timeout(timeout, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::debug!(%error, "Redis refused the connection or is unreachable");
            None
        }
        Err(_) => {
            tracing::debug!(?timeout, "Redis does not answer in time");
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
