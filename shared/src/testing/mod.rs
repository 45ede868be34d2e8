//! Test support for several packages: a database per test, cloned from a migrated template.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot start says why and ends"
)]

mod database;
mod executor;
mod redis;
mod rows;
mod seeded;
mod stage;
mod statements;
mod whole_reads;

pub use database::TestDatabase;
pub use media_core::testing::webp_of_many_codes;
pub use redis::{test_redis, test_redis_url};
pub use rows::{insert_media, insert_post, insert_user};
pub use seeded::SeededDatabase;
pub use stage::TestStage;
pub use statements::{Plan, Seen, Statements};
pub use whole_reads::{CONSTANT, whole_reads};
