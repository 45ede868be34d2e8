//! The baseline: a process that only sends the queries of a row to Postgres through sqlx, so that
//! its CPU can be measured separately. Each client has its own connection.

mod queries;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{self, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::Mutex;

use super::rows::{Row, Work};
use super::scene::{PASSWORD, Scene};
use crate::load::{Shape, Turn, closed_loop};
use crate::runner::Contestant;
use crate::sample::Load;

/// The arguments of the child; it reads the rounds from its standard input.
#[derive(clap::Args)]
pub struct Arguments {
    /// The row to run.
    work: Work,
    /// The scene as JSON.
    scene: String,
}

#[derive(Serialize, Deserialize)]
struct Round {
    clients: usize,
    millis: u64,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    micros: Vec<u64>,
    elapsed_micros: u64,
}

/// The child, as its parent sees it; it ends when its standard input ends.
pub struct Child {
    process: process::Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Child {
    /// Starts this program again as the baseline of `row`.
    pub fn start(row: &Row, scene: &Scene) -> Result<Self> {
        let work = clap::ValueEnum::to_possible_value(&row.work).context("no such work")?;
        let mut process = process::Command::new(std::env::current_exe()?)
            .args(["bare", work.get_name(), &serde_json::to_string(scene)?])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Self {
            to: process.stdin.take().context("no stdin")?,
            from: BufReader::new(process.stdout.take().context("no stdout")?),
            process,
        })
    }

    fn round(&mut self, shape: Shape) -> Result<Load> {
        let round = Round {
            clients: shape.clients,
            millis: u64::try_from(shape.time.as_millis())?,
        };
        writeln!(self.to, "{}", serde_json::to_string(&round)?)?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        let answer: Answer = serde_json::from_str(&line).context("the yardstick died")?;
        Ok(Load {
            latencies: answer
                .micros
                .into_iter()
                .map(Duration::from_micros)
                .collect(),
            elapsed: Duration::from_micros(answer.elapsed_micros),
        })
    }
}

impl Contestant for Child {
    fn name(&self) -> &'static str {
        "bare"
    }

    fn pid(&self) -> u32 {
        self.process.id()
    }

    fn run(&mut self, shape: Shape) -> BoxFuture<'_, Result<Load>> {
        async move { tokio::task::block_in_place(|| self.round(shape)) }.boxed()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The main function of the child.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let scene: Arc<Scene> = Arc::new(serde_json::from_str(&arguments.scene)?);
    let mut yardstick = Yardstick::new(arguments.work, scene);
    for line in std::io::stdin().lines() {
        let round: Round = serde_json::from_str(&line?)?;
        let shape = Shape {
            clients: round.clients,
            time: Duration::from_millis(round.millis),
        };
        let load = yardstick.round(shape).await?;
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let answer = Answer {
            micros: load.latencies.into_iter().map(micros).collect(),
            elapsed_micros: micros(load.elapsed),
        };
        println!("{}", serde_json::to_string(&answer)?);
    }
    Ok(())
}

struct Yardstick {
    work: Work,
    scene: Arc<Scene>,
    connections: Vec<Arc<Mutex<PgConnection>>>,
    hash: Arc<str>,
}

impl Yardstick {
    fn new(work: Work, scene: Arc<Scene>) -> Self {
        let hash = Argon2::default().hash_password(PASSWORD.as_bytes());
        Self {
            work,
            scene,
            connections: Vec::new(),
            hash: hash.map(|hash| hash.to_string()).unwrap_or_default().into(),
        }
    }

    async fn round(&mut self, shape: Shape) -> Result<Load> {
        while self.connections.len() < shape.clients {
            let connection = PgConnection::connect(&self.scene.database_url).await?;
            self.connections.push(Arc::new(Mutex::new(connection)));
        }
        let start = |client: usize| {
            let connection = self.connections.get(client).map(Arc::clone);
            let (work, scene) = (self.work, Arc::clone(&self.scene));
            let hash = Arc::clone(&self.hash);
            move |turn: Turn| {
                let (connection, scene) = (connection.clone(), Arc::clone(&scene));
                let hash = Arc::clone(&hash);
                async move {
                    if work == Work::SignIn {
                        return tokio::task::spawn_blocking(move || verify(&hash)).await?;
                    }
                    let connection = connection.context("a client without a connection")?;
                    let mut connection = connection.lock().await;
                    queries::answer(&mut connection, &scene, (work, turn)).await
                }
            }
        };
        closed_loop(shape, start).await
    }
}

fn verify(hash: &str) -> Result<()> {
    let parsed = PasswordHash::new(hash).map_err(|error| anyhow::anyhow!("{error}"))?;
    Argon2::default()
        .verify_password(PASSWORD.as_bytes(), &parsed)
        .map_err(|error| anyhow::anyhow!("{error}"))
}
