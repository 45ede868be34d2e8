mod depth;
mod runner;

use std::time::Duration;

use tracing::Span;

use super::*;
use crate::{
    ids::MediaId,
    telemetry::{TraceContext, in_trace},
    testing::TestDatabase,
};

const KIND: JobKind = JobKind::Transcode;
const LONG: Duration = Duration::from_mins(1);
/// A lease that is over when the statement ends.
const OVER: Duration = Duration::ZERO;

fn job(key: &str) -> NewJob {
    let mut job = NewJob::transcode(MediaId::generate());
    key.clone_into(&mut job.unique_key);
    job.media_id = None;
    job
}

fn claim_settings(lease: Duration) -> ClaimSettings {
    ClaimSettings {
        lease,
        max_attempts: Some(3),
    }
}

fn assert_lost(result: &Result<(), LeaseError>) {
    assert!(matches!(result, Err(LeaseError::Lost)), "{result:?}");
}

async fn claim_for(database: &TestDatabase, lease: Duration) -> Option<Lease> {
    claim(&database.pool, KIND, "worker", claim_settings(lease))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_job_is_claimed_once_and_its_key_is_free_again_when_it_is_done() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    let id = enqueue(&mut connection, &job("a")).await.unwrap().unwrap();
    assert_eq!(enqueue(&mut connection, &job("a")).await.unwrap(), None);
    let lease = claim_for(&database, LONG).await.unwrap();
    assert_eq!((lease.job_id, lease.attempt), (id, 1));
    assert!(claim_for(&database, LONG).await.is_none());
    complete(&mut connection, &lease).await.unwrap();
    assert_lost(&complete(&mut connection, &lease).await);
    assert!(enqueue(&mut connection, &job("a")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_job_has_the_trace_of_the_work_that_queued_it() {
    let database = TestDatabase::create().await;
    let trace: Option<TraceContext> = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        .parse()
        .ok();
    assert!(trace.is_some());
    for expected in [trace, None] {
        let mut connection = database.pool.acquire().await.unwrap();
        let job = job("a");
        let queued = in_trace(expected, Span::none(), enqueue(&mut connection, &job));
        queued.await.unwrap();
        // As after a crash: the next attempt is in the same trace.
        for _ in 0..3 {
            let lease = claim_for(&database, OVER).await.unwrap();
            assert_eq!(lease.trace, expected);
        }
        let exhausted = take_exhausted(&mut connection, KIND, 3, "exhausted")
            .await
            .unwrap();
        assert_eq!(exhausted[0].trace, expected);
    }
}

#[tokio::test]
async fn a_lease_that_ran_out_goes_to_the_next_and_the_sleeper_can_do_nothing() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    let sleeper = claim_for(&database, OVER).await.unwrap();
    let taker = claim_for(&database, LONG).await.unwrap();
    assert_eq!(taker.attempt, 2);
    assert_lost(&extend(&mut connection, &sleeper, LONG).await);
    assert_lost(&complete(&mut connection, &sleeper).await);
    assert_lost(&fail(&mut connection, &sleeper, "x", "x").await);
    assert_lost(&release(&mut connection, &sleeper).await);
    assert_lost(&retry_later(&mut connection, &sleeper, OVER, "x").await);
    complete(&mut connection, &taker).await.unwrap();
}

#[tokio::test]
async fn a_heartbeat_keeps_the_lease_and_revives_it_while_nobody_took_it() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    let lease = claim_for(&database, OVER).await.unwrap();
    extend(&mut connection, &lease, LONG).await.unwrap();
    assert!(claim_for(&database, LONG).await.is_none());
}

#[tokio::test]
async fn attempts_end_and_the_job_fails_with_its_media() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    let id = enqueue(&mut connection, &job("a")).await.unwrap().unwrap();
    for attempt in 1..=3 {
        assert!(
            take_exhausted(&mut connection, KIND, 3, "exhausted")
                .await
                .unwrap()
                .is_empty()
        );
        let lease = claim_for(&database, OVER).await.unwrap();
        assert_eq!(
            (lease.attempt, lease.is_last_attempt()),
            (attempt, attempt == 3)
        );
    }
    assert!(claim_for(&database, LONG).await.is_none());
    let exhausted = take_exhausted(&mut connection, KIND, 3, "exhausted")
        .await
        .unwrap();
    assert_eq!(
        exhausted,
        [Exhausted {
            job_id: id,
            media_id: None,
            trace: None,
        }]
    );
    assert!(
        take_exhausted(&mut connection, KIND, 3, "exhausted")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_released_job_is_free_at_once_and_its_attempt_is_not_counted() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    let lease = claim_for(&database, LONG).await.unwrap();
    release(&mut connection, &lease).await.unwrap();
    assert_eq!(claim_for(&database, LONG).await.unwrap().attempt, 1);
}

#[tokio::test]
async fn a_failed_attempt_waits_for_its_time() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    let lease = claim_for(&database, LONG).await.unwrap();
    retry_later(&mut connection, &lease, LONG, "disk full")
        .await
        .unwrap();
    assert!(claim_for(&database, LONG).await.is_none());
    sqlx::query("update jobs set run_after = now()")
        .execute(&database.pool)
        .await
        .unwrap();
    assert_eq!(claim_for(&database, LONG).await.unwrap().attempt, 2);
}

#[tokio::test]
async fn higher_priorities_go_first_then_older_ones() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    for (key, priority) in [("old", 0), ("new", 0), ("urgent", 5)] {
        enqueue(
            &mut connection,
            &NewJob {
                priority,
                ..job(key)
            },
        )
        .await
        .unwrap();
    }
    let mut order = Vec::new();
    while let Some(lease) = claim_for(&database, LONG).await {
        let key: String = sqlx::query_scalar("select unique_key from jobs where id = $1")
            .bind(lease.job_id.0)
            .fetch_one(&database.pool)
            .await
            .unwrap();
        order.push(key);
    }
    assert_eq!(order, ["urgent", "old", "new"]);
}

/// Sixteen workers race for forty jobs, half of which lose their lease once.
#[tokio::test]
async fn racing_workers_complete_every_job_exactly_once() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    for n in 0..40 {
        enqueue(&mut connection, &job(&n.to_string()))
            .await
            .unwrap();
    }
    drop(connection);
    let workers: Vec<_> = (0..16)
        .map(|worker| {
            let pool = database.pool.clone();
            tokio::spawn(async move {
                let mut completed = 0;
                let mut turn = worker;
                loop {
                    turn += 1;
                    let time = if turn % 3 == 0 { OVER } else { LONG };
                    let name = worker.to_string();
                    let Some(lease) = claim(&pool, KIND, &name, claim_settings(time))
                        .await
                        .unwrap()
                    else {
                        break completed;
                    };
                    let mut connection = pool.acquire().await.unwrap();
                    match complete(&mut connection, &lease).await {
                        Ok(()) => completed += 1,
                        Err(LeaseError::Lost) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut completed = 0;
    for worker in workers {
        completed += worker.await.unwrap();
    }
    assert_eq!(completed, 40);
}

#[tokio::test]
async fn a_job_that_died_under_more_generous_terms_is_given_up_too() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    claim_for(&database, OVER).await.unwrap();
    let one = ClaimSettings {
        lease: LONG,
        max_attempts: Some(1),
    };
    let claimed = claim(&database.pool, KIND, "worker", one).await;
    assert!(claimed.unwrap().is_none());
    let exhausted = take_exhausted(&mut connection, KIND, 1, "exhausted").await;
    assert_eq!(exhausted.unwrap().len(), 1);
}
