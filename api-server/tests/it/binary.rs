//! api-server as a process, with settings that lead to a test's own database and folder.

use std::process::Stdio;

use shared::testing::TestDatabase;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// 32 bytes in base64url.
const SECRET: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

/// A command with good settings, which a test makes worse. Ports are chosen by the system.
pub fn command(subcommand: &str, database: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_api-server"));
    command
        .arg(subcommand)
        .current_dir(folder.path())
        .env("DATABASE_URL", database)
        .env_remove("REDIS_URL")
        .env("PAWL_STORE", folder.path().join("store"))
        .env("PAWL_SECRET_KEY", SECRET)
        .env("PAWL_DEV", "on")
        .env("PAWL_LIMITS", "off")
        .env("PAWL_API_LISTEN", "127.0.0.1:0")
        .env("PAWL_API_OPS_LISTEN", "127.0.0.1:0")
        .env("PAWL_LOG", "info")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A server that listens; killed when dropped.
pub struct Server {
    pub process: Child,
    pub url: String,
    _log: Lines<BufReader<ChildStderr>>,
    _folder: TempDir,
}

impl Server {
    pub async fn start(database: &TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = command("serve", &database.url, &folder).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = loop {
            let line = log.next_line().await.unwrap();
            let line = line.expect("it says where it listens");
            if let Some((_, rest)) = line.split_once("api=\"") {
                break format!("http://{}", rest.split('"').next().unwrap());
            }
        };
        Self {
            process,
            url,
            _log: log,
            _folder: folder,
        }
    }
}
