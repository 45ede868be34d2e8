//! Frame rates: a source's average, rounded to a standard rate.

use shared::media::FrameRate;

/// For sources that declare none.
const DEFAULT: FrameRate = rate(30, 1);

const STANDARD: [FrameRate; 17] = [
    rate(5, 1),
    rate(6, 1),
    rate(8, 1),
    rate(10, 1),
    rate(12, 1),
    rate(25, 2),
    rate(15, 1),
    rate(18, 1),
    rate(20, 1),
    rate(24_000, 1001),
    rate(24, 1),
    rate(25, 1),
    rate(30_000, 1001),
    rate(30, 1),
    rate(48, 1),
    rate(50, 1),
    rate(60_000, 1001),
];
const FASTEST: FrameRate = rate(60, 1);

const fn rate(numerator: u32, denominator: u32) -> FrameRate {
    FrameRate {
        numerator,
        denominator,
    }
}

/// The nearest standard rate, at most 60.
pub fn snap(average: Option<FrameRate>) -> FrameRate {
    let wanted = average.unwrap_or(DEFAULT).per_second();
    let distance = |candidate: &FrameRate| (candidate.per_second() - wanted).abs();
    STANDARD
        .into_iter()
        .chain([FASTEST])
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(DEFAULT)
}
