//! `transcoder sandbox-exec`: restricts itself and then becomes another program.
//!
//! It runs before configuration and logging; its only output is its exit code.

use std::{ffi::OsString, os::unix::process::CommandExt, process::Command};

use shared::sandbox::Restrictions;

/// The first argument of this subcommand.
pub const SUBCOMMAND: &str = "sandbox-exec";
/// By convention: the command was found but could not be run.
const EXIT_CANNOT_RUN: u8 = 126;

/// Becomes the program that `arguments` (all after [`SUBCOMMAND`]) name. Returns only on a failure,
/// with the exit code.
pub fn run(arguments: &[OsString]) -> u8 {
    let Some((restrictions, [program, rest @ ..])) = Restrictions::parse(arguments) else {
        return EXIT_CANNOT_RUN;
    };
    let error = match restrictions.apply() {
        Ok(()) => Command::new(program).args(rest).exec(),
        Err(error) => error,
    };
    eprintln!("cannot run {}: {error}", program.display());
    EXIT_CANNOT_RUN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_that_lacks_something_runs_nothing() {
        assert_eq!(run(&[]), EXIT_CANNOT_RUN);
        assert_eq!(run(&["1".into(), "1".into(), "1".into()]), EXIT_CANNOT_RUN);
    }
}
