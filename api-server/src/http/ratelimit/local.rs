//! Buckets in this process's memory, for when Redis is not available.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bucket::{Bucket, Level};

/// The maximum number of buckets; full buckets are dropped first.
const MAX_BUCKETS: usize = 16_384;

/// The time at which each bucket is full again; full buckets are not stored.
#[derive(Debug, Default)]
pub struct LocalBuckets(Mutex<HashMap<String, Instant>>);

impl LocalBuckets {
    /// Takes a token from all of `buckets`, or from none if one is empty.
    pub fn take(&self, buckets: &[Bucket], now: Instant) -> Vec<Level> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let levels: Vec<Level> = buckets
            .iter()
            .map(|bucket| {
                let full_at = held.get(&bucket.storage_key()).copied().unwrap_or(now);
                let before = full_at.saturating_duration_since(now);
                Level {
                    policy: bucket.policy,
                    full_in: before + bucket.policy.interval(),
                }
            })
            .collect();
        if !levels.iter().any(Level::is_over) {
            make_room(&mut held, now);
            let taken = buckets.iter().zip(&levels);
            held.extend(taken.map(|(bucket, level)| (bucket.storage_key(), now + level.full_in)));
        }
        levels
    }
}

/// A caller with more networks than this gets through; unbounded memory would be worse.
fn make_room(held: &mut HashMap<String, Instant>, now: Instant) {
    if held.len() < MAX_BUCKETS {
        return;
    }
    held.retain(|_, full_at| full_at.saturating_duration_since(now) > Duration::ZERO);
    if held.len() >= MAX_BUCKETS {
        held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::bucket::Policy;
    use super::*;

    fn bucket(key: &str, quota: u32) -> Bucket {
        let policy = Policy {
            name: "x",
            quota,
            window: Duration::from_mins(1),
        };
        Bucket {
            policy,
            key: key.to_owned(),
        }
    }

    #[test]
    fn a_bucket_gives_its_quota_at_once_and_then_as_fast_as_it_grows_back() {
        let (buckets, now) = (LocalBuckets::default(), Instant::now());
        let is_over = |at| buckets.take(&[bucket("ada", 60)], at)[0].is_over();
        assert_eq!((0..100).filter(|_| !is_over(now)).count(), 60);
        assert!(!is_over(now + Duration::from_secs(1)));
        assert!(is_over(now + Duration::from_secs(1)));
        let later = now + Duration::from_mins(5);
        assert_eq!((0..100).filter(|_| !is_over(later)).count(), 60);
    }

    #[test]
    fn each_has_a_bucket_and_a_refusal_takes_from_none() {
        let (buckets, now) = (LocalBuckets::default(), Instant::now());
        let both = [bucket("small", 1), bucket("large", 3)];
        assert!(!buckets.take(&both, now).iter().any(Level::is_over));
        for _ in 0..10 {
            assert!(buckets.take(&both, now)[0].is_over());
        }
        assert_eq!(buckets.take(&both[1..], now)[0].remaining(), 1);
    }

    #[test]
    fn no_more_than_so_many_buckets_are_held() {
        let (buckets, now) = (LocalBuckets::default(), Instant::now());
        for number in 0..MAX_BUCKETS + 10 {
            buckets.take(&[bucket(&number.to_string(), 1)], now);
        }
        assert!(buckets.0.lock().unwrap().len() <= MAX_BUCKETS);
    }
}
