//! The restrictions that a child process sets for itself.

use std::{ffi::OsString, io, time::Duration};

use rustix::process::{Pid, Resource, Rlimit, Signal, getpid, getppid, setrlimit};

use super::bounds::Bounds;

/// Enough for ffmpeg with a pipe for each rung, its shared libraries and its input.
const MAX_OPEN_FILES: u64 = 64;

/// The restrictions, as the first arguments of a child.
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

    /// The first arguments of the child.
    pub fn to_arguments(self) -> [String; 3] {
        [
            self.parent.to_string(),
            self.cpu_seconds.to_string(),
            self.memory_bytes.to_string(),
        ]
    }

    /// Parses the first arguments and returns the rest; `None` if they are malformed.
    pub fn parse(arguments: &[OsString]) -> Option<(Self, &[OsString])> {
        let [parent, cpu_seconds, memory_bytes, rest @ ..] = arguments else {
            return None;
        };
        let restrictions = Self {
            parent: parent.to_str()?.parse().ok()?,
            cpu_seconds: cpu_seconds.to_str()?.parse().ok()?,
            memory_bytes: memory_bytes.to_str()?.parse().ok()?,
        };
        Some((restrictions, rest))
    }

    /// Restricts this process: it dies with its parent, and has limits of processor time, address
    /// space and open files. No file can grow, and there is no core dump.
    ///
    /// # Errors
    /// The system refuses a limit, or the parent has died already.
    pub fn apply(self) -> io::Result<()> {
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have died before the signal was set.
        if getppid() != Pid::from_raw(self.parent) {
            return Err(rustix::io::Errno::SRCH.into());
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
            set_limit(resource, limit, limit)?;
        }
        Ok(())
    }

    /// Asks for `SIGXCPU` when the processor time is used up, a second before `SIGKILL`: the parent
    /// can then tell it from a lack of memory. Not for programs that catch this signal, as ffmpeg
    /// does.
    ///
    /// # Errors
    /// The system refuses the limit.
    pub fn signal_cpu_time(self) -> io::Result<()> {
        let signal = self.cpu_seconds.saturating_sub(1);
        Ok(set_limit(Resource::Cpu, signal, self.cpu_seconds)?)
    }
}

fn set_limit(resource: Resource, current: u64, maximum: u64) -> Result<(), rustix::io::Errno> {
    setrlimit(
        resource,
        Rlimit {
            current: Some(current),
            maximum: Some(maximum),
        },
    )
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
        let mut arguments: Vec<_> = restrictions.to_arguments().map(OsString::from).into();
        arguments.push("ffmpeg".into());
        let (parsed, rest) = Restrictions::parse(&arguments).unwrap();
        assert_eq!((parsed, rest), (restrictions, &["ffmpeg".into()][..]));
        assert_eq!(
            Restrictions::parse(&["7".into(), "x".into(), "1".into()]),
            None
        );
        assert_eq!(Restrictions::parse(&["7".into(), "1".into()]), None);
    }
}
