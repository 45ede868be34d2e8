//! Tests of the running system: the real binaries, a real Postgres, a real video.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects by panicking"
)]

mod proxy;
