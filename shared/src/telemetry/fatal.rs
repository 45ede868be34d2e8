//! The last line of a process that cannot continue.

use std::{error::Error, process::ExitCode};

/// Writes `binary: text: cause` to standard error and returns exit code 1. It does not use the log,
/// because the log's own settings may be the cause.
pub fn fatal(binary: &str, error: &(dyn Error + 'static)) -> ExitCode {
    eprintln!("{binary}: {}", causes(error));
    ExitCode::FAILURE
}

/// The texts of the error and its causes. Some errors repeat their cause in their own text.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !told.ends_with(&text) {
            told = format!("{told}: {text}");
        }
        next = cause.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Outer {
        text: &'static str,
        source: io::Error,
    }

    #[test]
    fn a_cause_is_told_once() {
        for text in ["no database", "no database: refused"] {
            let source = io::Error::other("refused");
            let error = Outer { text, source };
            assert_eq!(causes(&error), "no database: refused");
        }
    }
}
