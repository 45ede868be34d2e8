//! What can end an attempt, sorted by what the worker does about it.

use shared::media::FailureCode;

/// Why an attempt published nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The file itself is at fault: the media fails for good.
    #[error("{code}: {detail}")]
    Rejected {
        /// What the user is told.
        code: FailureCode,
        /// What the operator is told.
        detail: String,
    },
    /// Something around the file went wrong: another attempt may succeed. When attempts are used
    /// up, the media fails with `code`.
    #[error("{code}: {detail}")]
    Retryable {
        /// What the user is told in the end.
        code: FailureCode,
        /// What the operator is told.
        detail: String,
    },
    /// Another worker has the job, or nobody wants its result any more.
    #[error("the lease is lost")]
    LeaseLost,
    /// This process is told to stop.
    #[error("stopped")]
    Stopped,
}

impl Failure {
    /// The file is at fault.
    pub fn rejected(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Rejected {
            code,
            detail: detail.into(),
        }
    }

    /// The circumstances are at fault.
    pub fn retryable(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Retryable {
            code,
            detail: detail.into(),
        }
    }
}

/// An I/O error of this machine. A full disk has a code of its own, because waiting helps.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        let code = match error.kind() {
            StorageFull | QuotaExceeded => FailureCode::DiskFull,
            _ => FailureCode::EncoderFailed,
        };
        Self::retryable(code, error.to_string())
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
            let is_expected =
                matches!(failure, Failure::Retryable { code, .. } if code == expected);
            assert!(is_expected, "{errno}: {failure}");
        }
    }
}
