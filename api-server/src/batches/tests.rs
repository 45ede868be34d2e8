//! Hot rows: many requests change the same row at the same time.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

mod comments;
mod crowds;
mod follows;
mod likes;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use shared::db::Transaction;
use tokio::task::JoinHandle;

use crate::testing::{Answer, Client, TestApp};

const DEADLINE: Duration = Duration::from_secs(30);

/// Post 1 by ada, and other users.
async fn scene(fans: usize) -> (TestApp, Client, Vec<Client>) {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "a post"})).await;
    let fan = async |number| test.person(&format!("fan{number}")).await;
    let fans = join_all((0..fans).map(fan)).await;
    (test, ada, fans)
}

/// Locks rows until the value is dropped.
async fn hold(test: &TestApp, sql: &'static str) -> Transaction {
    let mut tx = test.database.pool.begin().await.unwrap();
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx
}

/// Sends a request of each client.
fn send<F>(clients: &[Client], request: impl Fn(Client) -> F) -> Vec<JoinHandle<Answer>>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let clients = clients.iter().cloned();
    clients
        .map(|client| tokio::spawn(request(client)))
        .collect()
}

async fn statuses(answers: Vec<JoinHandle<Answer>>) -> Vec<u16> {
    let answers = join_all(answers).await;
    answers
        .iter()
        .map(|answer| answer.as_ref().unwrap().status)
        .collect()
}

/// How many requests wait for their batch.
fn waiting(test: &TestApp) -> usize {
    let waiting = test.app.batches.waiting();
    waiting.iter().map(|(_, requests)| requests).sum()
}

/// The server processes that wait for the held rows.
async fn blocked(held: &mut Transaction) -> Vec<i32> {
    sqlx::query_scalar(
        "select distinct pid from pg_locks
        where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))",
    )
    .fetch_all(&mut **held)
    .await
    .unwrap()
}

/// Waits until one batch waits for the held rows, and `count` more requests for the next batch.
async fn gathered(test: &TestApp, held: &mut Transaction, count: usize) {
    let gathering = async {
        while waiting(test) != count || blocked(held).await.len() != 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let gathered = tokio::time::timeout(DEADLINE, gathering).await;
    assert!(gathered.is_ok(), "one batch runs and the others wait");
}

/// Sends a request of each client: the first is a batch, and all others are the next one. Returns
/// while both wait for the held rows.
async fn gather<F>(
    test: &TestApp,
    held: &mut Transaction,
    clients: &[Client],
    request: impl Fn(Client) -> F,
) -> Vec<JoinHandle<Answer>>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let (first, others) = clients.split_at(1);
    let mut answers = send(first, &request);
    gathered(test, held, 0).await;
    answers.extend(send(others, request));
    gathered(test, held, others.len()).await;
    answers
}
