//! The arrows between packages, domains and layers, read from the manifests and from the paths
//! that the code names. ARCHITECTURE.md says why they point this way; nothing is run here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects by panicking"
)]

mod circles;
mod codes;
mod domains;
mod layers;
mod lists;
mod manifests;
mod paths;
mod sources;
