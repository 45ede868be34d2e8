//! Whether the fault of a failed encoding lies in the file or in the machine.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use rustix::process::Signal;
use shared::media::FailureCode;

use super::encoded::Encoded;
use crate::{
    failure::{Cause, Failure},
    plan::Plan,
    probe::TOO_MANY_PIXELS,
};

/// A video shorter than this share of the declared duration is `truncated`.
const WHOLE_SHARE: f64 = 0.95;

/// How the encoder's process ended.
pub struct ProcessEnd {
    pub status: ExitStatus,
    /// The end of its standard error.
    pub errors: String,
}

/// The result, if it is complete. An exit code of 0 alone does not prove that.
pub fn check_encoded(plan: &Plan, encoded: Encoded, end: &ProcessEnd) -> Result<Encoded, Failure> {
    if let Some(failure) = died(end) {
        return Err(failure);
    }
    let declared = plan.source.video.duration;
    let decoded = encoded.duration();
    if decoded.is_zero() {
        return Err(nothing_decoded(declared, end));
    }
    if declared.is_some_and(|declared| decoded < declared.mul_f64(WHOLE_SHARE)) {
        return Err(Failure::rejected(FailureCode::Truncated, summary(end)));
    }
    if !end.status.success() || !encoded.is_whole(plan) {
        return Err(Failure::new(Cause::Encoder, summary(end)));
    }
    if declared.is_none_or(|declared| declared < plan.read_limit)
        && decoded + Duration::from_millis(100) > plan.read_limit
    {
        return Err(Failure::rejected(
            FailureCode::TooLong,
            "longer than allowed",
        ));
    }
    Ok(encoded)
}

/// Failures that say nothing about the file.
fn died(end: &ProcessEnd) -> Option<Failure> {
    let is_signal = |signal: Signal| end.status.signal() == Some(signal.as_raw());
    if is_signal(Signal::XCPU) {
        return Some(Failure::new(
            Cause::ProcessorTime,
            "processor time is used up",
        ));
    }
    // Only the kernel, when memory is short, kills an encoder whose result is still awaited.
    let lacks_memory = ["Cannot allocate memory", "malloc of size"];
    let complains = || lacks_memory.iter().any(|text| end.errors.contains(text));
    if is_signal(Signal::KILL) || (!end.status.success() && complains()) {
        return Some(Failure::new(Cause::Memory, summary(end)));
    }
    let signal = end.status.signal();
    signal.map(|_| Failure::new(Cause::Signal, summary(end)))
}

fn nothing_decoded(declared: Option<Duration>, end: &ProcessEnd) -> Failure {
    let unsupported = [
        "not found for input stream",
        "Not yet implemented",
        "not supported",
    ];
    let code = if unsupported.iter().any(|text| end.errors.contains(text)) {
        FailureCode::UnsupportedCodec
    } else if end.errors.contains(TOO_MANY_PIXELS) {
        FailureCode::TooManyPixels
    } else if declared.is_some() {
        FailureCode::Truncated
    } else {
        FailureCode::NotMedia
    };
    Failure::rejected(code, summary(end))
}

fn summary(end: &ProcessEnd) -> String {
    let last = end.errors.lines().next_back().unwrap_or_default();
    format!("{}: {last}", end.status)
}

#[cfg(test)]
mod tests;
