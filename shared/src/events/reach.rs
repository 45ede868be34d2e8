//! Whether there is a Redis where one is said to be, for those who check a configuration. A server
//! works without; it never asks this.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, RedisResult};

use crate::config::Secret;

/// How long a Redis that is there may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the Redis at `url` for an answer; none is expected where no URL is set. An error says why
/// there was none.
pub async fn reach_redis(url: Option<&Secret>) -> RedisResult<()> {
    let Some(url) = url else {
        return Ok(());
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
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
    async fn a_redis_that_is_away_is_told_and_none_is_fine() {
        let away = "redis://127.0.0.1:1".parse().unwrap();
        let error = reach_redis(Some(&away)).await.unwrap_err();
        assert!(error.is_connection_refusal(), "{error}");
        reach_redis(None).await.unwrap();
    }
}
