//! The measured server and its clients.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::rows::{Row, Work};
use super::scene::{PASSWORD, Scene};
use crate::load::{Shape, Turn, closed_loop};
use crate::runner::Contestant;
use crate::sample::Load;

const START_TIMEOUT: Duration = Duration::from_secs(20);

/// api-server on a free port with its own store; ends when dropped.
pub struct Server {
    /// Its origin.
    pub url: String,
    pid: u32,
    _child: Child,
    _folder: TempDir,
}

impl Server {
    /// Starts the binary on the database and waits until it is ready.
    pub async fn start(binary: &Path, database_url: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("api-server.log");
        let (port, ops_port) = (free_port()?, free_port()?);
        let out = File::create(&log)?;
        let child = Command::new(binary)
            .arg("serve")
            .env("DATABASE_URL", database_url)
            .env(
                "REDIS_URL",
                std::env::var("PAWL_TEST_REDIS_URL").unwrap_or_default(),
            )
            .env("PAWL_API_LISTEN", format!("127.0.0.1:{port}"))
            .env("PAWL_API_OPS_LISTEN", format!("127.0.0.1:{ops_port}"))
            .env("PAWL_STORE", folder.path().join("store"))
            .env(
                "PAWL_MAIL",
                format!("dir:{}", folder.path().join("mail").display()),
            )
            .env(
                "PAWL_SECRET_KEY",
                "YmVuY2htYXJrcy1zaWduLXdpdGgtdGhpcy1rZXktMTI",
            )
            .env("PAWL_DEV", "1")
            .env("PAWL_LIMITS", "off")
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", binary.display()))?;
        let server = Self {
            url: format!("http://127.0.0.1:{port}"),
            pid: child.id().context("it ended at once")?,
            _child: child,
            _folder: folder,
        };
        server.wait().await.map_err(|error| {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            error.context(log)
        })?;
        Ok(server)
    }

    async fn wait(&self) -> Result<()> {
        let started = Instant::now();
        let ready = format!("{}/readyz", self.url);
        while started.elapsed() < START_TIMEOUT {
            if let Ok(answer) = reqwest::get(&ready).await
                && answer.status().is_success()
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("api-server is not ready after {START_TIMEOUT:?}")
    }
}

fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

/// Which posts and people the requests are about.
#[derive(Debug, Clone, Copy)]
pub enum Subjects {
    /// Each request of a client uses another one.
    InTurn,
    /// All clients use the same one.
    One,
    /// Each client uses its own.
    OneEach,
}

impl Subjects {
    /// The turn whose post or person the request uses.
    fn of(self, turn: Turn) -> Turn {
        match self {
            Self::InTurn => turn,
            Self::One => Turn {
                client: 0,
                number: 0,
            },
            Self::OneEach => Turn { number: 0, ..turn },
        }
    }
}

/// HTTP clients of a server, for one row.
#[derive(Clone)]
pub struct Client {
    name: &'static str,
    pid: u32,
    url: String,
    work: Work,
    subjects: Subjects,
    scene: Scene,
    http: reqwest::Client,
}

impl Client {
    /// Clients that send the requests of `row` to `server`.
    pub fn new(server: &Server, row: &Row, scene: &Scene) -> Self {
        Self {
            name: "Pawl",
            pid: server.pid,
            url: server.url.clone(),
            work: row.work,
            subjects: Subjects::InTurn,
            scene: scene.clone(),
            http: reqwest::Client::new(),
        }
    }

    /// The same under another name.
    pub fn called(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same for these posts and people, under another name.
    pub fn on(self, name: &'static str, subjects: Subjects) -> Self {
        let client = self.called(name);
        Self { subjects, ..client }
    }

    fn request(&self, turn: Turn) -> RequestBuilder {
        let Scene { sparse, dense, .. } = &self.scene;
        let subject = self.subjects.of(turn);
        let (viewer, post) = (self.scene.viewer(turn), self.scene.post(subject));
        let get = |path: &str, token: &str| self.call(Method::GET, path).bearer_auth(token);
        match self.work {
            Work::Feed => get("/feeds/home", &viewer.token),
            Work::SparseFeed => get("/feeds/home", &sparse.token),
            Work::DenseFeed => get("/feeds/home", &dense.token),
            Work::Profile => get(
                &format!("/users/{}", self.scene.username(turn)),
                &viewer.token,
            ),
            Work::Post => get(&format!("/posts/{post}"), &viewer.token),
            Work::Me => get("/me", &viewer.token),
            Work::Like => {
                let post = self.scene.post(self.subjects.of(turn.pair()));
                self.switch(turn, &format!("/posts/{post}/like"))
                    .bearer_auth(&viewer.token)
            }
            Work::Follow => {
                let username = self.scene.username(self.subjects.of(turn.pair()));
                self.switch(turn, &format!("/users/{username}/follow"))
                    .bearer_auth(&viewer.token)
            }
            Work::Comment => self
                .call(Method::POST, &format!("/posts/{post}/comments"))
                .bearer_auth(&viewer.token)
                .json(&json!({"text": "A comment of an ordinary length, as people write them."})),
            Work::SignIn => self.sign_in_as(&viewer.username),
        }
    }

    /// Signs in another user of the scene; false if the server is too busy.
    pub async fn sign_in(&self, number: usize) -> Result<bool> {
        let answer = self.sign_in_as(self.scene.other(number)).send().await?;
        Ok(answer.status().is_success())
    }

    fn sign_in_as(&self, username: &str) -> RequestBuilder {
        self.call(Method::POST, "/sessions")
            .json(&json!({"login": username, "password": PASSWORD}))
    }

    /// PUT, and DELETE in the next request.
    fn switch(&self, turn: Turn, path: &str) -> RequestBuilder {
        let is_on = turn.is_first_of_pair();
        let method = if is_on { Method::PUT } else { Method::DELETE };
        self.call(method, path)
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/api/v1{path}", self.url))
    }
}

impl Contestant for Client {
    fn name(&self) -> &'static str {
        self.name
    }

    fn pid(&self) -> u32 {
        self.pid
    }

    fn run(&mut self, shape: Shape) -> BoxFuture<'_, Result<Load>> {
        let own = Arc::new(self.clone());
        let start = move |_| {
            let own = Arc::clone(&own);
            move |turn| {
                let own = Arc::clone(&own);
                async move {
                    let answer = own.request(turn).send().await?.error_for_status()?;
                    answer.bytes().await?;
                    Ok(())
                }
            }
        };
        closed_loop(shape, start).boxed()
    }
}
