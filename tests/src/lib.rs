//! What the tests of the running system need: a private stack of all binaries, a client, and a
//! proxy that misbehaves. Nothing here is built into a binary that is shipped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test says what it expects by panicking"
)]

pub mod harness;
pub mod proxy;
