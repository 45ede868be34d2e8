//! All three binaries with their own database and store.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use rustix::process::Signal;
use shared::testing::TestDatabase;
use tempfile::TempDir;
use tokio::time::timeout;

use super::{
    poll::{DEADLINE, eventually},
    ports::free_port,
    process::Process,
    program::Program,
};

/// Additional variables, each for one program.
pub type StackSettings<'a> = &'a [(Program, &'a str, &'a str)];

/// Shorter timings, so that tests are quick.
const SHORT: [(&str, &str); 4] = [
    ("PAWL_JOB_LEASE", "4s"),
    ("PAWL_JOB_HEARTBEAT", "1s"),
    ("PAWL_JOB_BACKOFF", "500ms"),
    ("PAWL_JOB_POLL", "500ms"),
];

/// 32 bytes in base64url, sufficient for a short-lived stack.
const SECRET_KEY: &str = "c3lzdGVtLXRlc3RzLXNpZ24td2l0aC10aGlzLWtleS0";

/// A running stack. When dropped, it ends its processes and removes its files; after a panic it
/// first prints the ends of their logs.
pub struct Stack {
    /// Its database, for direct checks.
    pub database: TestDatabase,
    processes: HashMap<Program, Process>,
    ports: HashMap<&'static str, u16>,
    settings: Vec<(Program, String, String)>,
    http: reqwest::Client,
    folder: TempDir,
}

impl Stack {
    /// Starts all programs and returns when they are ready.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with other settings.
    pub async fn start_with(settings: StackSettings<'_>) -> Self {
        Self::start_on(TestDatabase::create().await, settings).await
    }

    /// The same on a database of the caller.
    pub async fn start_on(database: TestDatabase, settings: StackSettings<'_>) -> Self {
        let listeners = Program::ALL.into_iter().flat_map(Program::listeners);
        let settings = settings.iter();
        let mut stack = Self {
            database,
            processes: HashMap::new(),
            ports: listeners.map(|setting| (setting, free_port())).collect(),
            settings: settings
                .map(|(program, name, value)| (*program, (*name).into(), (*value).into()))
                .collect(),
            http: reqwest::Client::new(),
            folder: tempfile::Builder::new()
                .prefix("pawl-test-")
                .tempdir()
                .unwrap(),
        };
        for program in Program::ALL {
            stack.launch(program, &[]);
        }
        for program in Program::ALL {
            stack.ready(program).await;
        }
        stack
    }

    /// api-server's origin.
    pub fn api_url(&self) -> String {
        self.url("PAWL_API_LISTEN")
    }

    /// upload-server's origin.
    pub fn upload_url(&self) -> String {
        self.url("PAWL_UPLOAD_LISTEN")
    }

    /// The origin of a listener, by its setting.
    pub fn url(&self, setting: &str) -> String {
        format!("http://127.0.0.1:{}", self.ports[setting])
    }

    /// The store's folder.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// The stack's folder; its name occurs in no other stack's paths.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The process of a program, which may have ended.
    pub fn process(&self, program: Program) -> &Process {
        &self.processes[&program]
    }

    /// The log of a program, including earlier runs.
    pub fn log(&self, program: Program) -> String {
        fs::read_to_string(log_file(self.folder.path(), program)).unwrap_or_default()
    }

    /// Kills a program with SIGKILL, as a crash would.
    pub async fn kill(&self, program: Program) {
        self.process(program).signal(Signal::KILL);
        self.process(program).wait(DEADLINE).await;
    }

    /// Ends a program with SIGTERM and returns its exit status.
    pub async fn terminate(&self, program: Program, patience: Duration) -> ExitStatus {
        self.process(program).signal(Signal::TERM);
        self.process(program).wait(patience).await
    }

    /// Starts a program that has ended; returns when it is ready.
    pub async fn restart(&mut self, program: Program) {
        self.restart_with(program, &[]).await;
    }

    /// The same with additional variables for this run, such as a fail point.
    pub async fn restart_with(&mut self, program: Program, more: &[(&str, &str)]) {
        self.launch(program, more);
        self.ready(program).await;
    }

    /// Runs a command of api-server, such as `keys list`, and returns its output.
    pub async fn operate(&self, words: &str) -> String {
        let ended = tokio::process::Command::new(Program::Api.path())
            .args(words.split(' '))
            .env_clear()
            .envs(self.variables(Program::Api))
            .current_dir(self.folder())
            .kill_on_drop(true)
            .output();
        let ended = timeout(DEADLINE, ended).await.expect("it ends").unwrap();
        let complaints = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{words}: {complaints}");
        String::from_utf8(ended.stdout).expect("it speaks UTF-8")
    }

    fn launch(&mut self, program: Program, more: &[(&str, &str)]) {
        // End the old process first: it may hold the port.
        self.processes.remove(&program);
        let mut variables = self.variables(program);
        let more = more
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        variables.extend(more);
        let process = Process::start(
            program,
            &variables,
            self.folder.path(),
            &log_file(self.folder.path(), program),
        );
        self.processes.insert(program, process);
    }

    async fn ready(&self, program: Program) {
        let url = format!("{}/readyz", self.url(program.ops_setting()));
        eventually(
            &format!("{} to be ready", program.name()),
            DEADLINE,
            async || {
                let process = self.process(program);
                assert!(
                    process.ended().is_none(),
                    "{} ended at its start",
                    program.name()
                );
                let answer = self.http.get(&url).send().await.ok()?;
                answer.status().is_success().then_some(())
            },
        )
        .await;
    }

    fn variables(&self, program: Program) -> Vec<(String, String)> {
        let mut variables = vec![
            ("DATABASE_URL".into(), self.database.url.clone()),
            (
                "REDIS_URL".into(),
                env::var("PAWL_TEST_REDIS_URL").unwrap_or_default(),
            ),
            ("PAWL_STORE".into(), self.store().display().to_string()),
            ("PAWL_DEV".into(), "1".into()),
            // The free disk space of the machine must not affect a test.
            ("PAWL_DISK_RESERVE".into(), "0".into()),
        ];
        let listeners = program.listeners();
        variables.extend(
            listeners.map(|setting| (setting.into(), format!("127.0.0.1:{}", self.ports[setting]))),
        );
        if program == Program::Api {
            variables.extend(self.variables_of_api());
        }
        variables.extend(SHORT.map(|(name, value)| (name.into(), value.into())));
        let own = self.settings.iter().filter(|(owner, ..)| *owner == program);
        variables.extend(own.map(|(_, name, value)| (name.clone(), value.clone())));
        variables
    }

    /// Only api-server may have the secret, and only it gives clients the upload URL.
    fn variables_of_api(&self) -> Vec<(String, String)> {
        let mail = self.folder.path().join("mail");
        let web = env::var("PAWL_WEB_DIR").ok();
        let mut variables = vec![
            ("PAWL_SECRET_KEY".into(), SECRET_KEY.into()),
            ("PAWL_MAIL".into(), format!("dir:{}", mail.display())),
            ("PAWL_UPLOAD_PUBLIC_URL".into(), self.upload_url()),
            // All requests come from one address, and more often than those of people.
            ("PAWL_LIMITS".into(), "off".into()),
        ];
        variables.extend(web.map(|folder| ("PAWL_WEB_DIR".into(), folder)));
        variables
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.processes.clear();
        show_logs_of_failure(self.folder.path());
    }
}

/// After a failed test: prints the last lines of the logs in a stack's folder.
pub fn show_logs_of_failure(folder: &Path) {
    const LINES: usize = 60;
    if !std::thread::panicking() {
        return;
    }
    for program in Program::ALL {
        let text = fs::read_to_string(log_file(folder, program)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(LINES)..].join("\n");
        eprintln!("--- {}\n{tail}", program.name());
    }
}

fn log_file(folder: &Path, program: Program) -> PathBuf {
    folder.join(program.name()).with_extension("log")
}
