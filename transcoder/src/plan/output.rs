//! The plan of one encoding.

use std::time::Duration;

use shared::media::FrameRate;

use super::{
    ladder::{self, Rung},
    rate,
};
use crate::{limits::Limits, package::CutRule, probe::Source};

/// Keyframes come every two seconds; a segment is two groups of pictures.
const GROUP_SECONDS: u32 = 2;
const GROUPS_PER_SEGMENT: u64 = 2;

/// Everything that the encoder has to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What to decode.
    pub source: Source,
    /// What to encode; the best first, at least one.
    pub rungs: Vec<Rung>,
    /// The frame rate of every rung.
    pub frame_rate: FrameRate,
    /// How much of the source is read.
    pub read_limit: Duration,
    /// Threads of the decoder and of each encoder.
    pub threads: u32,
}

impl Plan {
    /// Plans `source` within `limits`.
    pub fn new(source: Source, limits: &Limits) -> Self {
        Self {
            rungs: ladder::choose(&source.video),
            frame_rate: rate::snap(source.video.frame_rate),
            read_limit: read_limit(source.video.duration, limits),
            threads: limits.threads.max(1),
            source,
        }
    }

    /// The same with one small rung and one thread, for a machine that ran out of memory.
    #[must_use]
    pub fn reduced(mut self) -> Self {
        let small = self
            .rungs
            .iter()
            .position(|rung| rung.nominal_height <= ladder::REDUCED_HEIGHT);
        let small = small.unwrap_or(self.rungs.len().saturating_sub(1));
        self.rungs = self.rungs.drain(..).skip(small).take(1).collect();
        self.threads = 1;
        self
    }

    /// Frames from one keyframe to the next.
    pub fn group_frames(&self) -> u32 {
        let FrameRate {
            numerator,
            denominator,
        } = self.frame_rate;
        (numerator * GROUP_SECONDS + denominator / 2) / denominator.max(1)
    }

    /// Where segments end.
    pub fn cut_rule(&self) -> CutRule {
        let frames = u64::from(self.group_frames()) * GROUPS_PER_SEGMENT;
        CutRule {
            numerator: frames * u64::from(self.frame_rate.denominator),
            denominator: self.frame_rate.numerator.into(),
        }
    }
}

/// A file may be somewhat longer than it declares; reading far beyond that only costs time.
fn read_limit(declared: Option<Duration>, limits: &Limits) -> Duration {
    let generous = declared.map(|d| d.saturating_mul(2).saturating_add(Duration::from_mins(1)));
    generous
        .unwrap_or(limits.max_duration)
        .min(limits.max_duration)
}
