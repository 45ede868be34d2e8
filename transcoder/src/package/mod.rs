//! From the encoder's fragmented MP4 to published segments.
//!
//! ffmpeg writes one fragmented MP4 per rendition into a pipe. A [`Packager`] reads it as it
//! arrives and returns an init section and segments that start at exactly 0, with durations
//! measured from the stream itself. ffmpeg's own HLS output is not used: its timestamps and
//! bandwidths are wrong, and it ends the list when it is interrupted. The parser bounds its memory
//! and never trusts a declared size (ADR 7 says why it is not `mp4-atom`).

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
