//! The check that Redis answers, for the `check` subcommands. A server never asks this: it works
//! without Redis.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, RedisResult};

use crate::config::Secret;

/// How long Redis may take to answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Sends PING to the Redis at `url`; does nothing without a URL. An error says why there was no
/// answer.
pub async fn reach_redis(url: Option<&Secret>) -> RedisResult<()> {
    let Some(url) = url else {
        return Ok(());
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(TIMEOUT))
        .set_response_timeout(Some(TIMEOUT));
    let client = Client::open(url.expose())?;
    let mut redis = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    redis::cmd("PING").exec_async(&mut redis).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_redis_that_is_away_is_an_error_and_none_is_fine() {
        let away = "redis://127.0.0.1:1".parse().unwrap();
        let error = reach_redis(Some(&away)).await.unwrap_err();
        assert!(error.is_connection_refusal(), "{error}");
        reach_redis(None).await.unwrap();
    }
}
