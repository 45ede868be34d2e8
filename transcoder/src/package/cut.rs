//! Where one segment ends and the next begins.
//!
//! Boundaries are multiples of one exact length, the same for all renditions, so that players switch
//! without a seam. Pictures come in groups that cannot be divided; sound is cut at the frame nearest
//! to the boundary. A short tail joins the segment before it.

use super::fragment::Fragment;

/// How long segments are, as an exact fraction of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutRule {
    /// Seconds times `denominator`.
    pub numerator: u64,
    /// Not 0.
    pub denominator: u64,
}

impl CutRule {
    /// The start of segment `index` in ticks, times two: half ticks keep the comparison exact.
    fn doubled_boundary(self, index: u64, timescale: u32) -> u128 {
        let ticks = u128::from(self.numerator) * u128::from(timescale) * u128::from(index) * 2;
        ticks / u128::from(self.denominator.max(1))
    }

    /// Tails shorter than half a segment are not worth a request.
    fn is_short(self, ticks: u64, timescale: u32) -> bool {
        u128::from(ticks) * 4 < self.doubled_boundary(1, timescale)
    }
}

/// Gathers fragments into segments. It holds at most a segment and a half.
pub struct Cutter {
    rule: CutRule,
    timescale: u32,
    /// Whole, but the tail may still have to join it.
    held: Vec<Fragment>,
    current: Vec<Fragment>,
    current_duration: u64,
    /// Which boundary ends `current`.
    next_boundary: u64,
    end: u64,
}

impl Cutter {
    /// Starts at time 0 of a track that counts `timescale` ticks a second.
    pub fn new(rule: CutRule, timescale: u32) -> Self {
        let (held, current) = (Vec::new(), Vec::new());
        Self {
            rule,
            timescale,
            held,
            current,
            current_duration: 0,
            next_boundary: 1,
            end: 0,
        }
    }

    /// Takes the next indivisible unit and gives back a segment that is whole.
    pub fn push(&mut self, unit: Fragment) -> Option<Vec<Fragment>> {
        let duration = unit.duration();
        let doubled_middle = u128::from(self.end) * 2 + u128::from(duration);
        let boundary = self
            .rule
            .doubled_boundary(self.next_boundary, self.timescale);
        let finished = if doubled_middle >= boundary {
            self.close_current()
        } else {
            None
        };
        while self
            .rule
            .doubled_boundary(self.next_boundary, self.timescale)
            <= doubled_middle
        {
            self.next_boundary += 1;
        }
        self.end += duration;
        self.current_duration += duration;
        self.current.push(unit);
        finished.or_else(|| self.release_held())
    }

    /// The segments that are left, in order.
    pub fn finish(mut self) -> impl Iterator<Item = Vec<Fragment>> {
        if self.rule.is_short(self.current_duration, self.timescale) {
            self.held.append(&mut self.current);
        }
        [self.held, self.current]
            .into_iter()
            .filter(|segment| !segment.is_empty())
    }

    fn close_current(&mut self) -> Option<Vec<Fragment>> {
        self.current_duration = 0;
        let closed = std::mem::take(&mut self.current);
        let finished = std::mem::replace(&mut self.held, closed);
        (!finished.is_empty()).then_some(finished)
    }

    fn release_held(&mut self) -> Option<Vec<Fragment>> {
        let is_certain = !self.rule.is_short(self.current_duration, self.timescale);
        (is_certain && !self.held.is_empty()).then(|| std::mem::take(&mut self.held))
    }
}
