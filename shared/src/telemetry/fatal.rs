//! The last line of a process that cannot go on.

use std::{error::Error, process::ExitCode};

/// Writes `binary: text: cause` to standard error and gives the exit code 1. Standard error and not
/// the log: what fails may be the log's own settings.
pub fn fatal(binary: &str, error: &(dyn Error + 'static)) -> ExitCode {
    eprintln!("{binary}: {}", causes(error));
    ExitCode::FAILURE
}

/// The text and those of the causes. Some errors repeat the cause in their own text.
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
