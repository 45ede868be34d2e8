//! The Redis that all tests share; their keys contain ids of their own.

use crate::{config::Secret, ephemeral::Redis};

/// Its URL.
///
/// # Panics
/// Without `PAWL_TEST_REDIS_URL`.
pub fn test_redis_url() -> String {
    std::env::var("PAWL_TEST_REDIS_URL")
        .expect("PAWL_TEST_REDIS_URL names a Redis for tests; `make test` starts one")
}

/// A connection to it.
///
/// # Panics
/// Without `PAWL_TEST_REDIS_URL`, or if it is not a URL of a Redis.
pub fn test_redis() -> Redis {
    Redis::open(Some(&Secret::new(test_redis_url()))).expect("the address of a Redis")
}
