//! The rows of a published set: renditions and their segments, in the form of column
//! `renditions.segments` and of the playlists.

use serde::{Deserialize, Serialize};

/// The content of a rendition, column `renditions.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RenditionKind {
    /// Video without audio.
    Video,
    /// The audio of all video renditions of the set.
    Audio,
    /// A picture.
    Image,
}

impl RenditionKind {
    /// The value in `renditions.kind`.
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
    /// Frames per `denominator` seconds.
    pub numerator: u32,
    /// The seconds for `numerator` frames; not 0.
    pub denominator: u32,
}

impl FrameRate {
    /// Frames per second as a float, rounded.
    pub fn per_second(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator.max(1))
    }
}

/// The picture format of a video rendition: square pixels, upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoShape {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant over the rendition.
    pub frame_rate: FrameRate,
}

/// One immutable segment, in the JSON of `renditions.segments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Its object name within the set.
    pub object: String,
    /// Duration in microseconds, measured from its own timestamps. The durations of a rendition add
    /// up without drift.
    pub duration_us: u64,
    /// Length in bytes.
    pub size_bytes: u64,
}

/// One encoded form of a media item: a rung of video, or the audio. A row of `renditions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// `1080p`, `720p`, …, or `audio`; unique within the set and part of URLs.
    pub name: String,
    /// Video or audio.
    pub kind: RenditionKind,
    /// Set exactly for video.
    pub video: Option<VideoShape>,
    /// Peak bits per second, over a window of about one target duration.
    pub bandwidth_bps: u64,
    /// Average bits per second.
    pub average_bandwidth_bps: u64,
    /// RFC 6381, read from the encoded stream, such as `avc1.64001f` or `mp4a.40.2`.
    pub codecs: String,
    /// The object with the initialisation section (`EXT-X-MAP`).
    pub init_object: String,
    /// In playback order.
    pub segments: Vec<Segment>,
}

impl Rendition {
    /// Duration in microseconds.
    pub fn duration_us(&self) -> u64 {
        self.segments
            .iter()
            .map(|segment| segment.duration_us)
            .sum()
    }
}
