//! What an encoder stored, before it is published.

use std::time::Duration;

use shared::media::{Rendition, RenditionKind};

use crate::plan::Plan;

/// All rungs come from one decode, so their lengths differ only by what the encoder holds back when
/// it is killed.
const MAX_RUNG_DIFFERENCE_US: u64 = 500_000;

/// Renditions whose objects are stored and synced, but not published.
#[derive(Debug, Default)]
pub struct Encoded {
    /// Video from best to worst, then audio.
    pub renditions: Vec<Rendition>,
}

impl Encoded {
    /// The duration of the video.
    pub fn duration(&self) -> Duration {
        let longest = self.videos().map(Rendition::duration_us).max();
        Duration::from_micros(longest.unwrap_or(0))
    }

    /// Whether every rung of the plan is there and all have the same length.
    pub fn is_whole(&self, plan: &Plan) -> bool {
        let shortest = self.videos().map(Rendition::duration_us).min().unwrap_or(0);
        let difference = self
            .duration()
            .saturating_sub(Duration::from_micros(shortest));
        self.videos().count() == plan.rungs.len()
            && difference <= Duration::from_micros(MAX_RUNG_DIFFERENCE_US)
    }

    fn videos(&self) -> impl Iterator<Item = &Rendition> {
        self.renditions
            .iter()
            .filter(|rendition| rendition.kind == RenditionKind::Video)
    }
}
