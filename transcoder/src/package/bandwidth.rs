//! Bandwidths measured over the segments as stored (RFC 8216 §4.3.4.2).

use shared::media::{Segment, TARGET_DURATION_S};

/// Bits per second of a rendition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bandwidth {
    /// Of the contiguous segments with the highest rate that last 0.5 to 1.5 target durations.
    pub peak_bps: u64,
    /// Of all segments.
    pub average_bps: u64,
}

/// Measures `segments`. If all together are too short for the peak's window, the peak is the
/// average.
pub fn measure(segments: &[Segment]) -> Bandwidth {
    let average_bps = rate(total(segments));
    let peaks = (0..segments.len()).flat_map(|start| runs_from(segments, start));
    let peak_bps = peaks.map(rate).max().unwrap_or(average_bps);
    Bandwidth {
        peak_bps,
        average_bps,
    }
}

#[derive(Clone, Copy, Default)]
struct Run {
    bytes: u64,
    micros: u64,
}

/// The runs that start at `start` and have the length that the definition asks for.
fn runs_from(segments: &[Segment], start: usize) -> impl Iterator<Item = Run> {
    let target_us = u64::from(TARGET_DURATION_S) * 1_000_000;
    let following = segments.get(start..).unwrap_or_default().iter();
    following
        .scan(Run::default(), |run, segment| {
            *run = Run {
                bytes: run.bytes + segment.size_bytes,
                micros: run.micros + segment.duration_us,
            };
            Some(*run)
        })
        .skip_while(move |run| run.micros * 2 < target_us)
        .take_while(move |run| run.micros * 2 <= target_us * 3)
}

fn total(segments: &[Segment]) -> Run {
    Run {
        bytes: segments.iter().map(|segment| segment.size_bytes).sum(),
        micros: segments.iter().map(|segment| segment.duration_us).sum(),
    }
}

fn rate(run: Run) -> u64 {
    let bits = u128::from(run.bytes) * 8 * 1_000_000;
    u64::try_from(bits.div_ceil(u128::from(run.micros.max(1)))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(sizes_and_seconds: &[(u64, u64)]) -> Vec<Segment> {
        let segment = |&(size_bytes, seconds)| Segment {
            object: String::new(),
            duration_us: seconds * 1_000_000,
            size_bytes,
        };
        sizes_and_seconds.iter().map(segment).collect()
    }

    #[test]
    fn the_peak_is_the_highest_rate_over_about_one_target_duration() {
        let measured = measure(&segments(&[(4000, 4), (8000, 4), (4000, 4)]));
        assert_eq!(
            measured,
            Bandwidth {
                peak_bps: 16_000,
                average_bps: 10_667
            }
        );
    }

    #[test]
    fn a_short_tail_counts_only_together_with_its_neighbours() {
        let measured = measure(&segments(&[(4000, 4), (9000, 1)]));
        assert_eq!(measured.peak_bps, 13_000 * 8 / 5);
    }

    #[test]
    fn a_clip_shorter_than_the_window_has_its_average_as_peak() {
        let measured = measure(&segments(&[(1000, 1)]));
        assert_eq!(
            measured,
            Bandwidth {
                peak_bps: 8000,
                average_bps: 8000
            }
        );
        assert_eq!(measure(&[]), Bandwidth::default());
    }
}
