//! What can end an attempt, sorted by what the runner does about it.

use shared::{jobs::JobError, media::FailureCode};

/// Why a source was not transcoded.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The fault is in the file itself: the media item fails.
    #[error("{code}: {detail}")]
    Rejected {
        /// The reason that the user sees.
        code: FailureCode,
        /// What happened, for operators.
        detail: String,
    },
    /// The fault is in the circumstances: another attempt may succeed. After the last attempt the
    /// media item fails with `code`.
    #[error("{code}: {detail}")]
    Retryable {
        /// The reason that the user sees after the last attempt.
        code: FailureCode,
        /// What happened, for operators.
        detail: String,
    },
}

impl Failure {
    /// The fault is in the file.
    pub fn rejected(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Rejected {
            code,
            detail: detail.into(),
        }
    }

    /// The fault is in the circumstances.
    pub fn retryable(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Retryable {
            code,
            detail: detail.into(),
        }
    }
}

impl From<Failure> for JobError<FailureCode> {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rejected { code, detail } => Self::Permanent { code, detail },
            Failure::Retryable { code, detail } => Self::Retryable { code, detail },
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
