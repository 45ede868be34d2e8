//! A separate Postgres for one test, which may be stopped and started; the one that all tests share
//! must not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use super::{
    poll::{DEADLINE, eventually},
    ports::free_port,
};

/// The user that runs Postgres if the tests run as root, because Postgres refuses to run as root.
const USER_FOR_ROOT: &str = "postgres";

/// A running cluster; killed and removed with this value.
pub struct Cluster {
    folder: TempDir,
    port: u16,
    postmaster: Option<Child>,
}

impl Cluster {
    /// Creates a cluster and starts it, which takes about two seconds.
    ///
    /// # Panics
    /// If Postgres is not installed or does not start.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("pawl-pg-").tempdir();
        let folder = folder.expect("a folder can be made");
        if geteuid().is_root() {
            let mut chown = Command::new("chown");
            run(chown.arg(USER_FOR_ROOT).arg(folder.path()));
        }
        let mut cluster = Self {
            folder,
            port: free_port(),
            postmaster: None,
        };
        run(program("initdb")
            .args(["-U", "postgres", "--auth=trust", "--locale=C.UTF-8"])
            .args(["--encoding=UTF8", "--no-sync", "-D"])
            .arg(cluster.data()));
        cluster.start_again().await;
        cluster
    }

    /// Its URL, to which a database's name is appended.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// Ends it as a crash would: nothing is flushed, transactions are aborted.
    pub async fn crash(&mut self) {
        let Some(mut postmaster) = self.postmaster.take() else {
            return;
        };
        // "Immediate shutdown". SIGKILL would leave its children running for a while.
        let _ = kill_process(Pid::from_child(&postmaster), Signal::QUIT);
        let ended = tokio::task::spawn_blocking(move || postmaster.wait()).await;
        ended.expect("nothing panics").expect("it is our child");
    }

    /// Starts it; returns when it has recovered and accepts connections.
    pub async fn start_again(&mut self) {
        let mut command = program("postgres");
        command
            .args(["-p", &self.port.to_string(), "-D"])
            .arg(self.data())
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            .args(["-c", "log_min_messages=fatal"]);
        self.postmaster = Some(quiet(&mut command).spawn().expect("Postgres starts"));
        let port = self.port.to_string();
        eventually("Postgres to take connections", DEADLINE, async || {
            let mut probe = program("pg_isready");
            probe.args(["-q", "-h", "127.0.0.1", "-p", &port]);
            quiet(&mut probe).status().ok()?.success().then_some(())
        })
        .await;
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(postmaster) = &mut self.postmaster {
            let _ = kill_process(Pid::from_child(postmaster), Signal::QUIT);
            let _ = postmaster.wait();
        }
    }
}

/// A program of the newest installed Postgres. It ends with the thread that starts it, so that a
/// killed test leaves no process behind.
fn program(name: &str) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("Postgres is installed");
    let newest = versions
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max();
    let newest = newest.expect("Postgres is installed").to_string();
    let folder = Path::new("/usr/lib/postgresql").join(newest).join("bin");
    let mut command = Command::new("setpriv");
    if geteuid().is_root() {
        let user = ["--reuid", USER_FOR_ROOT, "--regid", USER_FOR_ROOT];
        command.args(user).arg("--init-groups");
    }
    command
        .args(["--pdeathsig", "QUIT", "--"])
        .arg(folder.join(name));
    command
}

fn quiet(command: &mut Command) -> &mut Command {
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

fn run(command: &mut Command) {
    let output = quiet(command).stderr(Stdio::piped()).output();
    let output = output.expect("it can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
