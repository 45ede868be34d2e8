//! A token bucket as one number: the time until it is full again. Taking a token adds the time in
//! which one grows back; above the whole window no token is left.

use std::time::Duration;

/// A number of requests per window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Its name in the header.
    pub name: &'static str,
    /// The number of requests.
    pub quota: u32,
    /// The time in which the whole quota grows back.
    pub window: Duration,
}

/// The bucket of one caller under a policy.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub policy: Policy,
    /// The caller: a user or a network.
    pub key: String,
}

/// The level of a bucket after this request.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    pub policy: Policy,
    /// The time until the bucket is full again.
    pub full_in: Duration,
}

impl Policy {
    /// The time in which one token refills.
    pub fn interval(&self) -> Duration {
        self.window / self.quota.max(1)
    }
}

impl Bucket {
    /// The key under which the bucket is stored.
    pub fn storage_key(&self) -> String {
        format!("{}:{}", self.policy.name, self.key)
    }
}

impl Level {
    /// Whether the bucket had no token for this request.
    pub fn is_over(&self) -> bool {
        self.full_in > self.policy.window
    }

    /// The number of requests left.
    pub fn remaining(&self) -> u128 {
        let free = self.policy.window.saturating_sub(self.full_in);
        free.as_nanos() / self.policy.interval().as_nanos().max(1)
    }

    /// Seconds until one request is available if none is left, else until the bucket is full.
    pub fn reset_seconds(&self) -> u32 {
        let wait = if self.is_over() {
            self.full_in.saturating_sub(self.policy.window)
        } else {
            self.full_in
        };
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_tells_what_is_left_and_when_there_is_more() {
        let policy = Policy {
            name: "x",
            quota: 60,
            window: Duration::from_mins(1),
        };
        let level = |full_in_ms| Level {
            policy,
            full_in: Duration::from_millis(full_in_ms),
        };
        for (full_in_ms, is_over, remaining, reset) in [
            (1_000, false, 59, 1),
            (1_001, false, 58, 2),
            (60_000, false, 0, 60),
            (60_500, true, 0, 1),
            (62_000, true, 0, 2),
        ] {
            let level = level(full_in_ms);
            let told = (level.is_over(), level.remaining(), level.reset_seconds());
            assert_eq!(told, (is_over, remaining, reset), "{full_in_ms}");
        }
    }
}
