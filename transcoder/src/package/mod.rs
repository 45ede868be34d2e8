//! From the encoder's fragmented MP4 to published segments.
//!
//! ffmpeg writes one fragmented MP4 per rendition into a pipe; a [`Packager`] reads it as it comes
//! and gives back an init section and segments that start at exactly 0, with durations measured from
//! the stream itself. ffmpeg's own HLS output is not used: its timestamps, bandwidths and its
//! end-of-list on interruption are wrong. The reader is bounded in memory and never trusts a size.

mod bandwidth;
mod boxes;
mod cut;
mod fragment;
mod init;
mod packager;
mod write;

pub use bandwidth::{Bandwidth, measure};
pub use boxes::PackageError;
pub use cut::CutRule;
pub use init::TrackInfo;
pub use packager::{Output, PackagedSegment, Packager};
