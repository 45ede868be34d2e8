//! Tests of the worker.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use std::sync::Arc;
use std::time::Duration;

use shared::config::{JobArgs, defaults};
use shared::ids::{MediaId, PostId};
use shared::jobs::{self, JobMetrics, NewJob};
use shared::telemetry::{Build, Metrics};
use tokio_util::sync::CancellationToken;

use super::run::Worker;
use super::{PurgeHandler, run, worker};
use crate::testing::TestApp;

/// Long enough for a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// A worker on the test's database; an attempt that fails is repeated at once.
fn test_worker(test: &TestApp) -> Worker {
    let args = JobArgs {
        poll: Duration::from_millis(10),
        backoff: Duration::from_millis(1),
        ..defaults().unwrap()
    };
    let metrics = JobMetrics::register(&Metrics::new(Build::of("test")), PurgeHandler::METRICS);
    worker(Arc::clone(&test.app), &args, metrics)
}

/// Runs a worker until no job is queued or running.
async fn work_off(test: &TestApp) {
    let stop = CancellationToken::new();
    let running = tokio::spawn(run(test_worker(test), 2, stop.clone()));
    let open = "select exists (select from jobs where state in ('queued', 'running'))";
    let done = async {
        while sqlx::query_scalar::<_, bool>(open)
            .fetch_one(&test.database.pool)
            .await
            .unwrap()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, done).await.unwrap();
    stop.cancel();
    tokio::time::timeout(DEADLINE, running)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn jobs_are_worked_off_and_one_that_says_nothing_fails() {
    let test = TestApp::start().await;
    let mut connection = test.database.pool.acquire().await.unwrap();
    for number in 1..=3 {
        let mut job = NewJob::purge_post(PostId(number), Duration::ZERO);
        if number == 3 {
            job.payload = serde_json::json!({});
        }
        jobs::enqueue(&mut connection, &job).await.unwrap();
    }
    work_off(&test).await;
    let states: Vec<String> =
        sqlx::query_scalar("select state || ' ' || attempts from jobs order by unique_key")
            .fetch_all(&test.database.pool)
            .await
            .unwrap();
    assert_eq!(states, ["done 1", "done 1", "failed 1"]);
}

#[tokio::test]
async fn a_purge_is_tried_until_it_is_done() {
    let test = TestApp::start().await;
    let id = MediaId::generate();
    let job = NewJob::purge_media(id, Duration::ZERO);
    let mut connection = test.app.pool.acquire().await.unwrap();
    jobs::enqueue(&mut connection, &job).await.unwrap();
    // The media's directory is replaced by a file, so its removal fails.
    let folder = test.app.store.media(id);
    std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
    std::fs::write(&folder, b"").unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(run(test_worker(&test), 1, stop.clone()));
    let reached = |sql: &'static str| {
        let pool = test.database.pool.clone();
        let reached = async move {
            while !sqlx::query_scalar::<_, bool>(sql)
                .fetch_one(&pool)
                .await
                .unwrap()
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, reached)
    };
    let tried = "select exists (select from jobs where attempts > 4 and state <> 'failed')";
    reached(tried).await.unwrap();
    std::fs::remove_file(&folder).unwrap();
    let done = "select exists (select from jobs where state = 'done')";
    reached(done).await.unwrap();
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_job_whose_time_has_not_come_is_left_alone() {
    let test = TestApp::start().await;
    let mut connection = test.database.pool.acquire().await.unwrap();
    let job = NewJob::purge_post(PostId(1), Duration::from_hours(24));
    jobs::enqueue(&mut connection, &job).await.unwrap();
    test.run(
        "insert into jobs (id, kind, unique_key, payload)
        values (gen_random_uuid(), 'purge', 'now', '{\"post_id\": \"2\"}')",
    )
    .await;
    test.run("update jobs set priority = 0").await;
    let stop = CancellationToken::new();
    let worker = test_worker(&test);
    assert!(worker.run_one(&stop).await.unwrap());
    assert!(!worker.run_one(&stop).await.unwrap());
    let waiting: Vec<String> =
        sqlx::query_scalar("select unique_key from jobs where state = 'queued'")
            .fetch_all(&test.database.pool)
            .await
            .unwrap();
    assert_eq!(waiting, ["purge:post:1"]);
}

#[tokio::test]
async fn a_server_that_works_forgets_what_is_old_and_one_that_does_not_leaves_it() {
    let test = TestApp::start().await;
    test.person("ada").await;
    test.run(
        "insert into idempotency_keys
            (user_id, route, key, body_sha256, status, resource_id, created_at)
        select 1, 'create_post', n, sha256('x'), 201, '1', now() - n * interval '1 hour'
        from generate_series(1, 1500) n;
        insert into sign_in_attempts (target_hash, network, has_succeeded, attempted_at)
        select sha256('x'), '192.0.2.0', n % 2 = 0, now() - n * interval '1 day'
        from generate_series(1, 40) n",
    )
    .await;
    let left = async || -> (i64, i64) {
        let sql = "select (select count(*) from idempotency_keys),
            (select count(*) from sign_in_attempts)";
        let counts = sqlx::query_as(sql).fetch_one(&test.database.pool);
        counts.await.unwrap()
    };
    for (slots, expected) in [(0, (1500, 40)), (1, (23, 29))] {
        let stop = CancellationToken::new();
        let running = tokio::spawn(run(test_worker(&test), slots, stop.clone()));
        let forgotten = async {
            while left().await != expected {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, forgotten).await.unwrap();
        stop.cancel();
        tokio::time::timeout(DEADLINE, running)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(left().await, expected);
    }
}
