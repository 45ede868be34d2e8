//! The transcoder: turns uploaded videos into HLS renditions and uploaded pictures into variants.
//!
//! A worker claims a job with a lease, probes the source and plans a ladder. One ffmpeg process
//! decodes the source once and encodes every rung into a pipe; the pipes are packaged into
//! segments, and the set is published in one transaction. The plan, the command line and the
//! packaging are pure: they take values and return values.

pub mod config;
pub mod daemon;
pub mod encode;
pub mod failure;
pub mod limits;
pub mod package;
pub mod picture;
pub mod plan;
pub mod poster;
pub mod probe;
pub mod publish;
pub mod sandbox;
pub mod store;
pub mod sweep;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod watch;
pub mod worker;
