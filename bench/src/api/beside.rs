//! Measures requests while many other users sign in.

use std::time::Duration;

use anyhow::Result;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

use super::rows::{Row, Work};
use super::scene::OTHERS;
use super::server::Client;
use crate::load::Shape;
use crate::report::Target;
use crate::runner::Contestant;
use crate::sample::Load;

/// Requests for the own account while sign-ins wait, compared with an idle server.
pub static ROW: Row = Row {
    name: "me beside 200 sign-ins",
    work: Work::Me,
    clients: 4,
    targets: &[Target {
        what: "p99 ≤ 2 × idle",
        figure: |busy, idle| busy.p99_ms / idle.p99_ms,
        at_most: 2.0,
        limit: Some(
            "on two cores a hash takes one of the two that server, Postgres and those who measure share; \
             neither a lower priority nor shorter slices of time change the figure",
        ),
    }],
};

/// A client of a server that is busy with sign-ins.
pub struct Busy {
    client: Client,
}

impl Busy {
    /// `client`, with sign-ins at the same time.
    pub fn new(client: Box<Client>) -> Self {
        Self { client: *client }
    }
}

impl Contestant for Busy {
    fn name(&self) -> &'static str {
        "busy"
    }

    fn pid(&self) -> u32 {
        self.client.pid()
    }

    fn run(&mut self, shape: Shape) -> BoxFuture<'_, Result<Load>> {
        async move {
            let mut sign_ins = JoinSet::new();
            for number in 0..OTHERS {
                let client = self.client.clone();
                sign_ins.spawn(async move { sign_in_for_ever(client, number).await });
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            self.client.run(shape).await
        }
        .boxed()
    }
}

/// A client that gets 503 waits and tries again.
async fn sign_in_for_ever(client: Client, number: usize) {
    loop {
        let is_in = client.sign_in(number).await.unwrap_or(false);
        if !is_in {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
