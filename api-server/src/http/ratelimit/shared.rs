//! Buckets in Redis, shared by all api-servers. If Redis does not answer, an occasional request
//! waits a short time, and no request fails.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use redis::Script;
use shared::ephemeral::Redis;

use super::bucket::{Bucket, Level};

/// The timeout for an answer.
const TIMEOUT: Duration = Duration::from_millis(50);
/// The pause after a missing answer.
const PAUSE: Duration = Duration::from_secs(5);

/// The buckets in Redis.
pub struct SharedBuckets {
    redis: Redis,
    script: Script,
    /// The prefix of keys.
    key_prefix: String,
    timeout: Duration,
    /// The end of the current pause.
    paused_until: Mutex<Option<Instant>>,
}

impl SharedBuckets {
    pub fn new(redis: Redis, key_prefix: &str) -> Self {
        Self {
            redis,
            script: Script::new(include_str!("take.lua")),
            key_prefix: key_prefix.to_owned(),
            timeout: TIMEOUT,
            paused_until: Mutex::new(None),
        }
    }

    /// With a longer timeout, for busy test machines.
    #[cfg(feature = "testing")]
    pub fn with_long_timeout(mut self) -> Self {
        self.timeout = Duration::from_secs(10);
        self
    }

    /// Takes a token from all of `buckets`, or from none if one is empty. `None` if Redis is
    /// unavailable.
    pub async fn take(&self, buckets: &[Bucket]) -> Option<Vec<Level>> {
        if !self.redis.is_configured() || !self.may_ask() {
            return None;
        }
        let mut call = self.script.prepare_invoke();
        for bucket in buckets {
            let window_us = u64::try_from(bucket.policy.window.as_micros()).ok()?;
            call.key(format!("{}:{}", self.key_prefix, bucket.storage_key()))
                .arg(window_us)
                .arg(bucket.policy.quota);
        }
        let answer = self.redis.run::<Vec<u64>>(&call, self.timeout).await;
        let answer = answer.filter(|full_in| full_in.len() == buckets.len());
        self.set_paused(answer.is_none());
        let level = |(bucket, full_in_us): (&Bucket, u64)| Level {
            policy: bucket.policy,
            full_in: Duration::from_micros(full_in_us),
        };
        answer.map(|answer| buckets.iter().zip(answer).map(level).collect())
    }

    /// Whether the pause is over. The first caller after it asks Redis; the others wait for the
    /// result.
    fn may_ask(&self) -> bool {
        let mut paused = self
            .paused_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match *paused {
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                *paused = Some(Instant::now() + PAUSE);
                true
            }
            None => true,
        }
    }

    fn set_paused(&self, is_away: bool) {
        let mut paused = self
            .paused_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *paused = is_away.then(|| Instant::now() + PAUSE);
    }
}
