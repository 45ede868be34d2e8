//! A closed loop of clients: each sends its next request after the answer to the last one.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use crate::sample::Load;

/// The number of clients, and the duration.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The number of concurrent clients.
    pub clients: usize,
    /// No request starts later than this.
    pub time: Duration,
}

/// The client of a request, and the number of the request.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// From 0.
    pub client: usize,
    /// From 0.
    pub number: usize,
}

impl Turn {
    /// The turn of two successive requests that belong together.
    pub fn pair(self) -> Self {
        Self {
            number: self.number / 2,
            ..self
        }
    }

    /// Whether this is the first of them.
    pub fn is_first_of_pair(self) -> bool {
        self.number.is_multiple_of(2)
    }
}

/// Runs `shape.clients` loops; `start` creates the request function of each client. A failed
/// request ends the round.
pub async fn closed_loop<S, C, R>(shape: Shape, start: S) -> Result<Load>
where
    S: Fn(usize) -> C,
    C: FnMut(Turn) -> R + Send + 'static,
    R: Future<Output = Result<()>> + Send,
{
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..shape.clients {
        let mut request = start(client);
        clients.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < shape.time {
                let began = Instant::now();
                let number = latencies.len();
                request(Turn { client, number }).await?;
                latencies.push(began.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut load = Load::default();
    while let Some(latencies) = clients.join_next().await {
        load.latencies.extend(latencies.context("a client died")??);
    }
    load.elapsed = started.elapsed();
    Ok(load)
}
