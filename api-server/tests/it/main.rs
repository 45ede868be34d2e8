//! The binary itself, from outside. Needs Postgres (`PAWL_TEST_DATABASE_URL`).
#![cfg(feature = "testing")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's own steps must work"
)]

mod binary;
mod memory;
mod operator;
mod pictures;
mod start;
