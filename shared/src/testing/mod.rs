//! What tests of several packages need: a database of their own, cloned from a migrated template.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot start says why and ends"
)]

mod database;

pub use database::TestDatabase;
