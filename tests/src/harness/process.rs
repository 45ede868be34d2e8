//! A child process, started in its own process group, which always ends with its owner.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::Mutex,
    time::Duration,
};

use rustix::process::{
    Pid, Resource, Rlimit, Signal, getrlimit, kill_process, kill_process_group, prlimit,
};

use super::{poll::eventually, program::Program};

/// A running binary.
pub struct Process {
    program: Program,
    pid: Pid,
    child: Mutex<Child>,
}

impl Process {
    /// Starts `program` in `folder` with exactly these variables; its output is appended to `log`.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(
        program: Program,
        variables: &[(String, String)],
        folder: &Path,
        log: &Path,
    ) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        // `setpriv` executes the binary. The kernel ends it when the thread that started it ends,
        // so that a killed test leaves nothing behind.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program.path())
            .arg(program.subcommand())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("setpriv is there");
        Self {
            program,
            pid: Pid::from_child(&child),
            child: Mutex::new(child),
        }
    }

    /// Sends a signal; ignored if the process has ended.
    pub fn signal(&self, signal: Signal) {
        if self.ended().is_none() {
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Sets the soft limit of its open files, and returns the one before. Open files stay open.
    ///
    /// # Panics
    /// If the process has ended.
    pub fn limit_open_files(&self, files: Option<u64>) -> Option<u64> {
        // It has inherited our hard limit.
        let limit = Rlimit {
            current: files,
            ..getrlimit(Resource::Nofile)
        };
        let before = prlimit(Some(self.pid), Resource::Nofile, limit);
        before.expect("it runs").current
    }

    /// Its exit status, if it has ended.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.child
            .lock()
            .unwrap()
            .try_wait()
            .expect("it is our child")
    }

    /// Waits for its end.
    pub async fn wait(&self, patience: Duration) -> ExitStatus {
        let what = format!("the end of {}", self.program.name());
        eventually(&what, patience, async || self.ended()).await
    }
}

impl Drop for Process {
    /// After a wait, another process may have the same pid.
    fn drop(&mut self) {
        if self.ended().is_none() {
            let _ = kill_process_group(self.pid, Signal::KILL);
            let _ = self.child.lock().unwrap().wait();
        }
    }
}
