//! A child in a process group of its own, which is killed as a whole when it is dropped.

use std::{io, os::unix::process::CommandExt, process::ExitStatus};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// A running program. Dropping it kills its group; the runtime reaps it.
///
/// Spawn it from an async task, never from `spawn_blocking`: the parent-death signal follows the
/// *thread* that spawned the child, and only worker threads live as long as the daemon.
pub struct Process {
    child: Child,
    group: Option<Pid>,
}

impl Process {
    /// Starts `command`.
    ///
    /// # Errors
    /// The program is not found, or the system refuses a process or a pipe.
    pub fn spawn(mut command: std::process::Command) -> io::Result<Self> {
        command.process_group(0);
        let child = Command::from(command).kill_on_drop(true).spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Ok(Self {
            group: id.and_then(Pid::from_raw),
            child,
        })
    }

    /// Standard input, if it is a pipe. Works once.
    pub fn take_input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Standard output and standard error. Works once.
    ///
    /// # Errors
    /// One of them is not a pipe, or was taken.
    pub fn take_pipes(&mut self) -> io::Result<(ChildStdout, ChildStderr)> {
        let pipes = self.child.stdout.take().zip(self.child.stderr.take());
        pipes.ok_or_else(|| io::Error::other("the pipes are taken"))
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// The system cannot tell.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        // Reaped: another process may soon have the id.
        self.group = None;
        Ok(status)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = self.group
            && let Err(error) = kill_process_group(group, Signal::KILL)
        {
            tracing::debug!(%error, "the process group has ended");
        }
    }
}
