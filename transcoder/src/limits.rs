//! The limits on a source and on its encoding. All are settings; tests lower them.

use std::time::Duration;

/// When a source is refused and when a program is stopped.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longer videos are `too_long`.
    pub max_duration: Duration,
    /// Videos whose frames have more pixels are `too_many_pixels`.
    pub max_pixels: u64,
    /// Pictures with more pixels are `too_many_pixels`.
    pub max_picture_pixels: u64,
    /// Files with more tracks are `too_many_streams`.
    pub max_streams: u32,
    /// The encoder may take this multiple of the duration, plus `wall_time_base`.
    pub wall_time_factor: u32,
    /// The part of the encoder's time limit that does not depend on the duration.
    pub wall_time_base: Duration,
    /// An encoder without progress for this long is stopped.
    pub stall: Duration,
    /// The time limit of probing a file.
    pub probe_time: Duration,
    /// Decoder and encoder threads.
    pub threads: u32,
}

impl Limits {
    /// The time limit of encoding a source of this duration; the longest one if it is unknown.
    pub fn wall_time(&self, duration: Option<Duration>) -> Duration {
        let duration = duration.unwrap_or(self.max_duration).min(self.max_duration);
        duration
            .saturating_mul(self.wall_time_factor)
            .saturating_add(self.wall_time_base)
    }
}
