//! Wall-clock time that a test can set. Leases and expiry do not use it: they compare the
//! database's time with itself.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::{Duration, OffsetDateTime};

/// The source of the current time. Cheap to clone; clones of a [`Clock::fixed`] share their time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    /// Microseconds since the Unix epoch.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The operating system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that only moves with [`Clock::advance`].
    #[must_use]
    pub fn fixed(at: OffsetDateTime) -> Self {
        let micros = i64::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or(0);
        Self(Source::Fixed(Arc::new(AtomicI64::new(micros))))
    }

    /// The current time in UTC.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        match &self.0 {
            Source::System => OffsetDateTime::now_utc(),
            Source::Fixed(micros) => {
                let nanos = i128::from(micros.load(Ordering::Relaxed)) * 1000;
                OffsetDateTime::from_unix_timestamp_nanos(nanos)
                    .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            }
        }
    }

    /// Moves a fixed clock; does nothing to the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(micros) = &self.0 {
            let step = i64::try_from(by.whole_microseconds()).unwrap_or(0);
            micros.fetch_add(step, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told_and_for_all_its_clones() {
        let clock = Clock::fixed(OffsetDateTime::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(Duration::minutes(90));
        assert_eq!(
            other.now(),
            OffsetDateTime::UNIX_EPOCH + Duration::minutes(90)
        );
    }
}
