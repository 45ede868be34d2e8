//! What can end an attempt, and which failures are retried.

use shared::{jobs::JobError, media::FailureCode};

/// Why an attempt has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The source cannot be transcoded, for the reason that the code gives.
    Source(FailureCode),
    /// The encoder used up its processor time.
    ProcessorTime,
    /// The encoder took longer than its source may take.
    WallTime,
    /// The encoder made no progress.
    Stall,
    /// Another program took too long.
    StepTime,
    /// There was not enough memory.
    Memory,
    /// The encoder was killed by a signal.
    Signal,
    /// The encoder reported an error, or its output is incomplete or malformed.
    Encoder,
    /// The disk is full.
    DiskFull,
    /// Another I/O error of this machine.
    Io,
    /// Postgres refused the result.
    Database,
    /// The job names no media item.
    Job,
}

/// What happens after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The job fails: each attempt would end like this one.
    Fail,
    /// Another attempt may succeed. The job fails after the last one.
    Retry,
}

impl Cause {
    /// The code that the user sees if the job fails, and whether the job is retried.
    const fn verdict(self) -> (FailureCode, Next) {
        use FailureCode::{DiskFull, EncoderFailed, OutOfMemory, TimedOut};
        match self {
            Self::Source(code) => (code, Next::Fail),
            Self::ProcessorTime | Self::WallTime => (TimedOut, Next::Fail),
            Self::Stall | Self::StepTime => (TimedOut, Next::Retry),
            Self::Memory => (OutOfMemory, Next::Retry),
            Self::DiskFull => (DiskFull, Next::Retry),
            Self::Encoder | Self::Job => (EncoderFailed, Next::Fail),
            Self::Signal | Self::Io | Self::Database => (EncoderFailed, Next::Retry),
        }
    }
}

/// Why a source was not transcoded.
#[derive(Debug, thiserror::Error)]
#[error("{}: {detail}", self.code())]
pub struct Failure {
    cause: Cause,
    detail: String,
}

impl Failure {
    /// `detail` says what happened, for operators.
    pub fn new(cause: Cause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            detail: detail.into(),
        }
    }

    /// The fault is in the file.
    pub fn rejected(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::new(Cause::Source(code), detail)
    }

    /// What kind of failure it is.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// The reason that the user sees if the job fails.
    pub fn code(&self) -> FailureCode {
        self.cause.verdict().0
    }

    /// Whether another attempt may succeed.
    pub fn is_retried(&self) -> bool {
        self.cause.verdict().1 == Next::Retry
    }
}

impl From<Failure> for JobError<FailureCode> {
    fn from(Failure { cause, detail }: Failure) -> Self {
        match cause.verdict() {
            (code, Next::Fail) => Self::Permanent { code, detail },
            (code, Next::Retry) => Self::Retryable { code, detail },
        }
    }
}

/// A full disk has a code of its own, because waiting helps.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        let cause = match error.kind() {
            StorageFull | QuotaExceeded => Cause::DiskFull,
            _ => Cause::Io,
        };
        Self::new(cause, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_and_always_worth_another_attempt() {
        for (errno, expected) in [
            (rustix::io::Errno::NOSPC, FailureCode::DiskFull),
            (rustix::io::Errno::DQUOT, FailureCode::DiskFull),
            (rustix::io::Errno::IO, FailureCode::EncoderFailed),
        ] {
            let failure = Failure::from(std::io::Error::from(errno));
            assert_eq!(failure.code(), expected, "{errno}");
            assert!(failure.is_retried(), "{errno}");
        }
    }
}
