//! The ladder: which sizes and bit rates a source is worth.

use crate::probe::VideoTrack;

/// Standard rungs for 16:9, the best first: height of the box and most bits a second.
const STANDARD: [(u32, u64); 4] = [
    (1080, 6_000_000),
    (720, 3_000_000),
    (480, 1_400_000),
    (360, 730_000),
];
/// Below the last standard rung only the source's own size is offered, with no less than this.
const LEAST_BPS: u64 = 200_000;

/// A size to encode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// `720p`; unique within a plan.
    pub name: String,
    /// The short side of the 16:9 box that it fills.
    pub nominal_height: u32,
    /// Even.
    pub width: u32,
    /// Even.
    pub height: u32,
    /// The encoder's cap.
    pub max_bps: u64,
}

/// The rungs for a track. Nothing is larger than the source, portrait is scaled by its short side,
/// and no rung gets more bits than the source has.
pub fn choose(track: &VideoTrack) -> Vec<Rung> {
    let own = nominal_height(track);
    let standard = STANDARD.into_iter().filter(|(nominal, _)| *nominal <= own);
    let mut rungs: Vec<_> = standard
        .map(|(nominal, cap)| rung(track, nominal, own, cap))
        .collect();
    // A source well between two standard sizes keeps its own as the top rung.
    let best = rungs.first().map_or(0, |rung| rung.nominal_height);
    if own < STANDARD[0].0 && own * 4 >= best * 5 {
        rungs.insert(0, rung(track, own, own, cap_between(own)));
    }
    rungs
}

/// The short side of the smallest 16:9 (or 9:16) box around the picture.
fn nominal_height(track: &VideoTrack) -> u32 {
    let (long, short) = (track.width.max(track.height), track.width.min(track.height));
    let by_long_side = u64::from(long) * 9 / 16;
    short
        .max(u32::try_from(by_long_side).unwrap_or(u32::MAX))
        .max(1)
}

fn rung(track: &VideoTrack, nominal: u32, own: u32, cap: u64) -> Rung {
    Rung {
        name: format!("{nominal}p"),
        nominal_height: nominal,
        width: scale_even(track.width, nominal, own),
        height: scale_even(track.height, nominal, own),
        max_bps: track
            .bit_rate
            .map_or(cap, |source| cap.min(source.max(LEAST_BPS))),
    }
}

/// `side × nominal ÷ own` as an even number that is at least 2, and otherwise neither above `side`
/// nor out of the rung's box.
fn scale_even(side: u32, nominal: u32, own: u32) -> u32 {
    let halves = (u64::from(side) * u64::from(nominal) + u64::from(own)) / (u64::from(own) * 2);
    let half_box = (u64::from(nominal) * 8).div_ceil(9);
    let halves = halves.min(half_box).min(u64::from(side / 2)).max(1);
    u32::try_from(halves * 2).unwrap_or(side)
}

/// The cap of the next standard rung above, by area.
fn cap_between(nominal: u32) -> u64 {
    let above = STANDARD
        .into_iter()
        .rev()
        .find(|(standard, _)| *standard >= nominal);
    let (standard, cap) = above.unwrap_or(STANDARD[0]);
    let scaled = cap * u64::from(nominal) * u64::from(nominal) / u64::from(standard).pow(2);
    scaled.max(LEAST_BPS)
}
