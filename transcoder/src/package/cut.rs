//! Where one segment ends and the next begins.
//!
//! Boundaries are multiples of one exact duration, the same for all renditions, so that players can
//! switch at any of them. Video comes in groups of pictures that cannot be divided; audio is cut at
//! the frame nearest to the boundary. A short last segment joins the one before it.

use super::fragment::Fragment;

/// The duration of segments, as an exact fraction of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutRule {
    /// The seconds times `denominator`.
    pub numerator: u64,
    /// Not 0.
    pub denominator: u64,
}

impl CutRule {
    /// Twice the start of segment `index` in ticks: half ticks keep the comparison exact.
    fn doubled_boundary(self, index: u64, timescale: u32) -> u128 {
        let ticks = u128::from(self.numerator) * u128::from(timescale) * u128::from(index) * 2;
        ticks / u128::from(self.denominator.max(1))
    }

    /// A last segment shorter than half a segment is not worth a request.
    fn is_short(self, ticks: u64, timescale: u32) -> bool {
        u128::from(ticks) * 4 < self.doubled_boundary(1, timescale)
    }
}

/// Collects fragments into segments. It holds at most one and a half segments.
pub struct Cutter {
    rule: CutRule,
    timescale: u32,
    /// A complete segment that a short last one may still join.
    held: Vec<Fragment>,
    current: Vec<Fragment>,
    current_duration: u64,
    /// The index of the boundary that ends `current`.
    next_boundary: u64,
    end: u64,
}

impl Cutter {
    /// A cutter at time 0 of a track with `timescale` ticks per second.
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

    /// Adds the next indivisible unit and returns a segment if one is complete.
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

    /// The remaining segments, in order.
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
