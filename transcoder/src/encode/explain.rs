//! What ffmpeg's end means: the file's fault, ours, or the machine's.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use rustix::process::Signal;
use shared::media::FailureCode;

use super::run::Encoded;
use crate::{failure::Failure, plan::Plan, probe::TOO_MANY_PIXELS};

/// Decoded pictures that last less than this share of what the file declares: `truncated`.
const WHOLE_SHARE: f64 = 0.95;

/// How the process ended and what it said.
pub struct Ending {
    pub status: ExitStatus,
    pub errors: String,
}

/// Believes in success only when the result is all there.
pub fn judge(plan: &Plan, encoded: Encoded, ending: &Ending) -> Result<Encoded, Failure> {
    if let Some(failure) = died(ending) {
        return Err(failure);
    }
    let declared = plan.source.video.duration;
    let decoded = encoded.duration();
    if decoded.is_zero() {
        return Err(nothing_decoded(declared, ending));
    }
    if declared.is_some_and(|declared| decoded < declared.mul_f64(WHOLE_SHARE)) {
        return Err(Failure::rejected(FailureCode::Truncated, summary(ending)));
    }
    if !ending.status.success() || !encoded.is_whole(plan) {
        return Err(Failure::rejected(
            FailureCode::EncoderFailed,
            summary(ending),
        ));
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

/// Ends that say nothing about the file.
fn died(ending: &Ending) -> Option<Failure> {
    let is_signal = |signal: Signal| ending.status.signal() == Some(signal.as_raw());
    if is_signal(Signal::XCPU) {
        return Some(Failure::rejected(
            FailureCode::TimedOut,
            "processor time is used up",
        ));
    }
    // Nobody but the kernel, short of memory, kills an encoder whose result is still awaited.
    let lacks_memory = ["Cannot allocate memory", "malloc of size"];
    let complains = || lacks_memory.iter().any(|text| ending.errors.contains(text));
    if is_signal(Signal::KILL) || (!ending.status.success() && complains()) {
        return Some(Failure::retryable(
            FailureCode::OutOfMemory,
            summary(ending),
        ));
    }
    let signal = ending.status.signal();
    signal.map(|_| Failure::retryable(FailureCode::EncoderFailed, summary(ending)))
}

fn nothing_decoded(declared: Option<Duration>, ending: &Ending) -> Failure {
    let unsupported = [
        "not found for input stream",
        "Not yet implemented",
        "not supported",
    ];
    let code = if unsupported.iter().any(|text| ending.errors.contains(text)) {
        FailureCode::UnsupportedCodec
    } else if ending.errors.contains(TOO_MANY_PIXELS) {
        FailureCode::TooManyPixels
    } else if declared.is_some() {
        FailureCode::Truncated
    } else {
        FailureCode::NotMedia
    };
    Failure::rejected(code, summary(ending))
}

fn summary(ending: &Ending) -> String {
    let last = ending.errors.lines().next_back().unwrap_or_default();
    format!("{}: {last}", ending.status)
}

#[cfg(test)]
mod tests;
