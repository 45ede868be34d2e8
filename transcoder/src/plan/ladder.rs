//! The ladder: the sizes and bit rates that a source is encoded in.

use crate::probe::VideoTrack;

/// A rung for 16:9.
struct StandardRung {
    /// The height of its box.
    nominal_height: u32,
    /// The most bits per second.
    max_bps: u64,
}

/// The best first.
const STANDARD: [StandardRung; 4] = [
    standard(1080, 6_000_000),
    standard(720, 3_000_000),
    standard(480, 1_400_000),
    standard(360, 730_000),
];
/// A source below the last standard rung gets one rung of its own size, with at least this rate.
const LEAST_BPS: u64 = 200_000;

const fn standard(nominal_height: u32, max_bps: u64) -> StandardRung {
    StandardRung {
        nominal_height,
        max_bps,
    }
}

/// A size to encode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Such as `720p`; unique within a plan.
    pub name: String,
    /// The short side of the 16:9 box that it fills.
    pub nominal_height: u32,
    /// In pixels; even.
    pub width: u32,
    /// In pixels; even.
    pub height: u32,
    /// The encoder's limit.
    pub max_bps: u64,
}

/// The rungs for a track. No rung is larger than the source or has a higher bit rate; portrait video is
/// scaled by its short side.
pub fn choose(track: &VideoTrack) -> Vec<Rung> {
    let own = nominal_height(track);
    let standard = STANDARD.iter().filter(|rung| rung.nominal_height <= own);
    let mut rungs: Vec<_> = standard
        .map(|standard| rung(track, standard.nominal_height, own, standard.max_bps))
        .collect();
    // A source well above a standard size gets its own size as the top rung.
    let best = rungs.first().map_or(0, |rung| rung.nominal_height);
    if own < STANDARD[0].nominal_height && own * 4 >= best * 5 {
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

/// `side × nominal ÷ own` as an even number of at least 2 that exceeds neither `side` nor the rung's
/// box.
fn scale_even(side: u32, nominal: u32, own: u32) -> u32 {
    let halves = (u64::from(side) * u64::from(nominal) + u64::from(own)) / (u64::from(own) * 2);
    let half_box = (u64::from(nominal) * 8).div_ceil(9);
    let halves = halves.min(half_box).min(u64::from(side / 2)).max(1);
    u32::try_from(halves * 2).unwrap_or(side)
}

/// The bit rate of the next larger standard rung, scaled by area.
fn cap_between(nominal: u32) -> u64 {
    let mut upwards = STANDARD.iter().rev();
    let above = upwards.find(|rung| rung.nominal_height >= nominal);
    let above = above.unwrap_or(&STANDARD[0]);
    let scaled = above.max_bps * u64::from(nominal).pow(2) / u64::from(above.nominal_height).pow(2);
    scaled.max(LEAST_BPS)
}
