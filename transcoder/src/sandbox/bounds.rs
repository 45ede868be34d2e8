//! What a program in the sandbox may use.

use shared::sandbox::Bounds;

use crate::limits::Limits;

/// The limits for probing a file, or for decoding a single picture of it.
pub fn probe_bounds(limits: &Limits) -> Bounds {
    Bounds {
        wall_time: limits.probe_time,
        cpu_time: limits.probe_time.saturating_mul(limits.threads.max(1)),
        memory_bytes: memory_bytes(limits.max_pixels, limits.threads),
    }
}

/// Address space for decoding pictures of `pixels` and encoding a ladder with `threads` each:
/// measured 1.6 GB for 1080p, plus frames in flight and stacks.
pub fn memory_bytes(pixels: u64, threads: u32) -> u64 {
    const BASE: u64 = 1_600 << 20;
    const BYTES_PER_PIXEL: u64 = 3 * 40;
    const STACKS_PER_THREAD: u64 = 8 * (8 << 20);
    BASE + pixels.saturating_mul(BYTES_PER_PIXEL) + u64::from(threads) * STACKS_PER_THREAD
}
