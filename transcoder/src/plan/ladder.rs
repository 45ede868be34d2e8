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
/// The poster has the size of the largest rung up to this one: it fills a player until it starts,
/// and a larger image costs more than it shows there.
pub const POSTER_HEIGHT: u32 = STANDARD[1].nominal_height;
/// The largest rung on a machine that ran out of memory.
pub const REDUCED_HEIGHT: u32 = STANDARD[2].nominal_height;
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

/// The rungs for a track. No rung is larger than the source or has a higher bit rate; portrait
/// video is scaled by its short side.
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

/// `side × nominal ÷ own` as an even number of at least 2 that exceeds neither `side` nor the
/// rung's box.
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

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED: &str = include_str!("../../../docs/media.md");

    /// `1,400`.
    fn grouped(kilobits: u64) -> String {
        match (kilobits / 1000, kilobits % 1000) {
            (0, rest) => rest.to_string(),
            (thousands, rest) => format!("{thousands},{rest:03}"),
        }
    }

    fn listed(items: impl Iterator<Item = String>) -> String {
        let items: Vec<_> = items.collect();
        let (last, others) = items.split_last().unwrap();
        format!("{} and {last}", others.join(", "))
    }

    #[test]
    fn the_documentation_has_the_rungs_of_the_ladder() {
        let names = listed(
            STANDARD
                .iter()
                .map(|rung| format!("{}p", rung.nominal_height)),
        );
        let rates = listed(STANDARD.iter().map(|rung| grouped(rung.max_bps / 1000)));
        let least = grouped(LEAST_BPS / 1000);
        let smallest = STANDARD.last().unwrap().nominal_height;
        for text in [
            format!("| rungs | {names}, of at most {rates} kbit/s."),
            format!("(but at least {least} kbit/s)"),
            format!("a source below {smallest}p gets only that"),
            format!("| poster | one JPEG from 10 % into the video, at most {POSTER_HEIGHT}p |"),
        ] {
            assert!(DOCUMENTED.contains(&text), "docs/media.md lacks: {text}");
        }
    }
}
