//! Tests of the running system: the real binaries, a real Postgres, a real video.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects by panicking"
)]

mod bad_input;
mod clocks;
mod counters;
mod deletions;
mod demo;
mod descriptors;
mod drain;
mod finish;
mod hot;
mod kills;
mod main_job;
mod metrics;
mod migrations;
mod pictures;
mod postgres;
mod progress;
mod proxy;
mod purges;
mod revocation;
mod settings;
mod traces;
mod walkthrough;

use system_tests::harness::LentStack;

/// The stack shared by all tests that do not touch its processes.
fn lent_stack() -> LentStack {
    LentStack::from(env!("CARGO_BIN_EXE_pawl-test-stack"))
}
