//! The transcoder with a real ffmpeg, a real Postgres and real files.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect by panicking"
)]

mod daemon;
mod hostile;
mod leases;
mod media;
mod patience;
mod pictures;
mod published;
mod stage;
