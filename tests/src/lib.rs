//! Support for tests of the running system: a private stack of all binaries, a client, and a faulty
//! proxy. Nothing here is part of a shipped binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test says what it expects by panicking"
)]

pub mod harness;
pub mod proxy;
