//! The rows of a published set: renditions and their segments, as column `renditions.segments` and
//! the playlists need them.

use serde::{Deserialize, Serialize};

/// What a rendition carries, column `renditions.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RenditionKind {
    /// Pictures without sound.
    Video,
    /// The sound that goes with every video rendition of the set.
    Audio,
    /// A still picture.
    Image,
}

impl RenditionKind {
    /// As `renditions.kind` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Image => "image",
        }
    }
}

/// Frames per second as a fraction: 30000/1001 has no exact decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    /// Frames in `denominator` seconds.
    pub numerator: u32,
    /// Seconds in which `numerator` frames are shown; not 0.
    pub denominator: u32,
}

impl FrameRate {
    /// Frames per second, rounded to what a float holds.
    pub fn per_second(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator.max(1))
    }
}

/// The picture of a video rendition: square pixels, upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoShape {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Constant over the rendition.
    pub frame_rate: FrameRate,
}

/// One immutable object that plays for a while, in the JSON of `renditions.segments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Its object name within the set.
    pub object: String,
    /// How long it plays, in microseconds, measured from its own timestamps. The segments of a
    /// rendition add up without drift.
    pub duration_us: u64,
    /// Its length in bytes.
    pub size_bytes: u64,
}

/// One encoded form of a media: a rung of video, or the sound. A row of `renditions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// `1080p`, `720p`, …, or `audio`; unique within the set and part of addresses.
    pub name: String,
    /// Video or audio.
    pub kind: RenditionKind,
    /// Present exactly for video.
    pub video: Option<VideoShape>,
    /// Bits per second over the worst stretch of about one target duration.
    pub bandwidth_bps: u64,
    /// Bits per second over the whole.
    pub average_bandwidth_bps: u64,
    /// RFC 6381, read from the encoded stream, such as `avc1.64001f` or `mp4a.40.2`.
    pub codecs: String,
    /// The object with the initialisation section (`EXT-X-MAP`).
    pub init_object: String,
    /// In playing order.
    pub segments: Vec<Segment>,
}

impl Rendition {
    /// How long it plays, in microseconds.
    pub fn duration_us(&self) -> u64 {
        self.segments
            .iter()
            .map(|segment| segment.duration_us)
            .sum()
    }
}
