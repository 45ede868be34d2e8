//! Reproducible randomness.

use std::{env, ops::Range, process, time::SystemTime};

/// How often a fault is injected: `PAWL_TEST_LOOPS`, else once.
///
/// # Panics
/// If the variable is not a number.
pub fn loops() -> usize {
    env::var("PAWL_TEST_LOOPS").map_or(1, |text| text.parse().expect("PAWL_TEST_LOOPS is a number"))
}

/// A small generator (`SplitMix64`).
#[derive(Debug)]
pub struct Seed(u64);

impl Seed {
    /// `PAWL_TEST_SEED`, else one from the current time. It is printed, so a failed test shows it.
    ///
    /// # Panics
    /// If the variable is not a number.
    pub fn of_this_run() -> Self {
        let now = SystemTime::UNIX_EPOCH
            .elapsed()
            .map_or(0, |time| time.subsec_nanos());
        let seed = env::var("PAWL_TEST_SEED").map_or_else(
            |_| u64::from(now) << 20 | u64::from(process::id()),
            |text| text.parse().expect("PAWL_TEST_SEED is a number"),
        );
        println!("PAWL_TEST_SEED={seed}");
        Self(seed)
    }

    /// A number of the range.
    ///
    /// # Panics
    /// If the range is empty.
    pub fn within(&mut self, range: Range<usize>) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        range.start + usize::try_from(mixed ^ (mixed >> 31)).unwrap() % range.len()
    }
}
