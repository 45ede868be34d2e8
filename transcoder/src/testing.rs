//! What tests inside and outside of this package share.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the defaults are part of the program"
)]

use shared::config::defaults;

use crate::{config::EncoderArgs, limits::Limits};

/// The default limits, with the same number of threads on every machine.
pub fn limits() -> Limits {
    Limits {
        threads: 2,
        ..defaults::<EncoderArgs>().unwrap().limits(1)
    }
}
