//! What planning needs to know about a source.

use std::time::Duration;

use shared::media::FrameRate;

/// A file that can be transcoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The track to show.
    pub video: VideoTrack,
    /// The index of the first audio track that can be decoded.
    pub audio: Option<u32>,
}

/// A video track, described as it is shown: upright, with square pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoTrack {
    /// Its index within the file.
    pub index: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// As stored, before rotation and scaling. Decoding costs depend on it.
    pub coded_pixels: u64,
    /// As declared; `None` for live recordings and the like.
    pub duration: Option<Duration>,
    /// The average, if the file declares it.
    pub frame_rate: Option<FrameRate>,
    /// Fields instead of frames.
    pub is_interlaced: bool,
    /// PQ or HLG: needs tone mapping for ordinary screens.
    pub is_hdr: bool,
    /// Bits a second that an H.264 stream of the same quality would have.
    pub bit_rate: Option<u64>,
}
