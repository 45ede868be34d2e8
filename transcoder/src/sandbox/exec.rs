//! `transcoder sandbox-exec`: restricts itself and then becomes another program.
//!
//! It runs before configuration and logging; its only output is its exit code.

use std::{ffi::OsString, os::unix::process::CommandExt, process::Command, time::Duration};

use rustix::process::{Pid, Resource, Rlimit, Signal, getpid, getppid, setrlimit};

use super::bounds::Bounds;

/// The first argument of this subcommand.
pub const SUBCOMMAND: &str = "sandbox-exec";
/// By convention: the command was found but could not be run.
const EXIT_CANNOT_RUN: u8 = 126;
/// Enough for ffmpeg with a pipe for each rung, its shared libraries and its input.
const MAX_OPEN_FILES: u64 = 64;

/// The restrictions, as the helper's arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restrictions {
    parent: i32,
    cpu_seconds: u64,
    memory_bytes: u64,
}

impl Restrictions {
    /// The restrictions of a child of this process.
    pub fn of(bounds: Bounds) -> Self {
        let cpu_time = bounds.cpu_time + Duration::from_secs(1);
        Self {
            parent: getpid().as_raw_nonzero().get(),
            cpu_seconds: cpu_time.as_secs(),
            memory_bytes: bounds.memory_bytes,
        }
    }

    /// The arguments after [`SUBCOMMAND`].
    pub fn to_arguments(self) -> [String; 3] {
        [
            self.parent.to_string(),
            self.cpu_seconds.to_string(),
            self.memory_bytes.to_string(),
        ]
    }

    fn parse(arguments: &[OsString]) -> Option<Self> {
        let [parent, cpu_seconds, memory_bytes] = arguments else {
            return None;
        };
        Some(Self {
            parent: parent.to_str()?.parse().ok()?,
            cpu_seconds: cpu_seconds.to_str()?.parse().ok()?,
            memory_bytes: memory_bytes.to_str()?.parse().ok()?,
        })
    }

    fn apply(self) -> Result<(), rustix::io::Errno> {
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have died before the signal was set.
        if getppid() != Pid::from_raw(self.parent) {
            return Err(rustix::io::Errno::SRCH);
        }
        let limits = [
            (Resource::Core, 0),
            // Output goes through pipes only, so no file needs to grow.
            (Resource::Fsize, 0),
            (Resource::Nofile, MAX_OPEN_FILES),
            (Resource::Cpu, self.cpu_seconds),
            (Resource::As, self.memory_bytes),
        ];
        for (resource, limit) in limits {
            setrlimit(
                resource,
                Rlimit {
                    current: Some(limit),
                    maximum: Some(limit),
                },
            )?;
        }
        Ok(())
    }
}

/// Becomes the program that `arguments` (all after [`SUBCOMMAND`]) name. Returns only on a failure,
/// with the exit code.
pub fn run(arguments: &[OsString]) -> u8 {
    let Some((restrictions, command)) = arguments.split_at_checked(3) else {
        return EXIT_CANNOT_RUN;
    };
    let (Some(restrictions), Some((program, rest))) =
        (Restrictions::parse(restrictions), command.split_first())
    else {
        return EXIT_CANNOT_RUN;
    };
    let error = match restrictions.apply() {
        Ok(()) => Command::new(program).args(rest).exec(),
        Err(error) => error.into(),
    };
    eprintln!("cannot run {}: {error}", program.display());
    EXIT_CANNOT_RUN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restrictions_survive_the_command_line() {
        let restrictions = Restrictions {
            parent: 7,
            cpu_seconds: 30,
            memory_bytes: 1 << 40,
        };
        let arguments = restrictions.to_arguments().map(OsString::from);
        assert_eq!(Restrictions::parse(&arguments), Some(restrictions));
        assert_eq!(
            Restrictions::parse(&["7".into(), "x".into(), "1".into()]),
            None
        );
    }

    #[test]
    fn a_command_line_that_lacks_something_runs_nothing() {
        assert_eq!(run(&[]), EXIT_CANNOT_RUN);
        assert_eq!(run(&["1".into(), "1".into(), "1".into()]), EXIT_CANNOT_RUN);
    }
}
