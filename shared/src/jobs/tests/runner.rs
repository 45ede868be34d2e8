//! The runner, with a handler that does what a test says.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::PgConnection;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{KIND, LONG, OVER, TestDatabase, claim, claim_settings, enqueue, job};
use crate::{
    ids::{JobId, MediaId},
    jobs::{
        Attempt, Backoff, ClaimSettings, Completion, Handler, JobError, JobKind, JobMetrics,
        JobSettings, MetricNames, NewJob, Outcome, Runner, SHORT, Slots, complete,
    },
    telemetry::{Build, Metrics},
};

const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy)]
enum Act {
    Done,
    Commit,
    Reject,
    Retry,
    /// Ends short jobs, and never a long one.
    EndShort,
    /// Says that the job is not short.
    Demote,
    /// Loses the lease and waits to be dropped.
    LoseLease,
    /// Asks the process to stop and waits to be dropped.
    Stop,
}

struct Actor {
    act: Act,
    database: TestDatabase,
    stop: CancellationToken,
    outcomes: Mutex<Vec<Outcome>>,
}

impl Handler for Actor {
    type Code = &'static str;

    const KIND: JobKind = KIND;
    const EXHAUSTED: &'static str = "exhausted";

    async fn attempt(&self, attempt: &Attempt) -> Result<Completion, JobError<&'static str>> {
        let (code, detail) = ("code", "detail".to_owned());
        match self.act {
            Act::Done => Ok(Completion::Done),
            Act::EndShort if attempt.lease.priority >= SHORT => Ok(Completion::Done),
            Act::EndShort => pending().await,
            Act::Demote => Err(JobError::NotShort),
            Act::Commit => {
                let mut tx = self.database.pool.begin().await.unwrap();
                complete(&mut tx, &attempt.lease).await.unwrap();
                tx.commit().await.unwrap();
                Ok(Completion::Committed)
            }
            Act::Reject => Err(JobError::Permanent { code, detail }),
            Act::Retry => Err(JobError::Retryable { code, detail }),
            Act::LoseLease => {
                execute(
                    &self.database,
                    "update jobs set lease_token = gen_random_uuid()",
                )
                .await;
                pending().await
            }
            Act::Stop => {
                self.stop.cancel();
                pending().await
            }
        }
    }

    async fn record_failure(
        &self,
        tx: &mut PgConnection,
        _media: Option<MediaId>,
        code: &'static str,
    ) -> Result<(), sqlx::Error> {
        // Any row of the same transaction would do.
        let recorded = sqlx::query("update jobs set worker = 'recorded ' || $1").bind(code);
        recorded.execute(tx).await.map(drop)
    }

    async fn after_attempt(&self, _job: JobId, _media: Option<MediaId>, outcome: Outcome) {
        self.outcomes.lock().unwrap().push(outcome);
    }
}

async fn execute(database: &TestDatabase, sql: &'static str) {
    sqlx::query(sql).execute(&database.pool).await.unwrap();
}

/// A runner whose handler does `act`, one job, and where its numbers are.
async fn runner(act: Act) -> (Arc<Runner<Actor>>, Metrics) {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    drop(connection);
    let metrics = Metrics::new(Build::of("test"));
    let names = MetricNames {
        attempts: "attempts",
        queue_wait_seconds: "wait_seconds",
        completed: "published",
        failed: "rejected",
    };
    let runner = Runner {
        pool: database.pool.clone(),
        settings: JobSettings {
            claim: claim_settings(LONG),
            heartbeat: Duration::from_millis(20),
            backoff: Backoff::new(OVER),
            poll: DEADLINE,
        },
        name: "test".to_owned(),
        hint: Arc::new(Notify::new()),
        metrics: JobMetrics::register(&metrics, names),
        handler: Actor {
            act,
            database,
            stop: CancellationToken::new(),
            outcomes: Mutex::default(),
        },
    };
    (Arc::new(runner), metrics)
}

/// Waits for this number of jobs in a state, for less than the time after which a slot polls.
async fn count(runner: &Runner<Actor>, state: &str, count: i64) {
    let waiting = async {
        let sql = "select count(*) from jobs where state = $1";
        let found = || sqlx::query_scalar::<_, i64>(sql).bind(state);
        while found().fetch_one(&runner.pool).await.unwrap() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE / 2, waiting).await.unwrap();
}

async fn enqueue_with(runner: &Runner<Actor>, key: &str, priority: i16) {
    let mut connection = runner.pool.acquire().await.unwrap();
    let job = NewJob {
        priority,
        ..job(key)
    };
    enqueue(&mut connection, &job).await.unwrap();
}

/// `state attempts` of the job, and its error or whatever recorded its failure.
async fn row(runner: &Runner<Actor>) -> (String, Option<String>, Option<String>) {
    sqlx::query_as("select state || ' ' || attempts, error_detail, worker from jobs")
        .fetch_one(&runner.pool)
        .await
        .unwrap()
}

/// How one attempt ends: the job's row, the outcome, and its label.
async fn ends_as(act: Act, state: &str, outcome: Outcome, label: &str) -> Arc<Runner<Actor>> {
    let (runner, metrics) = runner(act).await;
    let stop = runner.handler.stop.clone();
    let running = tokio::time::timeout(DEADLINE, runner.run_one(&stop));
    assert!(running.await.unwrap().unwrap());
    assert_eq!(row(&runner).await.0, state);
    assert_eq!(*runner.handler.outcomes.lock().unwrap(), [outcome]);
    let numbers = metrics.encode().unwrap();
    let counted = format!("pawl_attempts_total{{outcome=\"{label}\"}} 1");
    assert!(numbers.contains(&counted), "{numbers}");
    assert!(numbers.contains("pawl_wait_seconds_count 1"), "{numbers}");
    runner
}

#[tokio::test]
async fn a_job_is_completed_by_the_runner_or_by_its_handlers_own_transaction() {
    for act in [Act::Done, Act::Commit] {
        ends_as(act, "done 1", Outcome::Completed, "published").await;
    }
}

#[tokio::test]
async fn a_permanent_failure_is_recorded_in_the_transaction_that_fails_the_job() {
    let runner = ends_as(Act::Reject, "failed 1", Outcome::Failed, "rejected").await;
    let (_, detail, recorded) = row(&runner).await;
    assert_eq!(detail.as_deref(), Some("detail"));
    assert_eq!(recorded.as_deref(), Some("recorded code"));
}

#[tokio::test]
async fn a_failed_attempt_is_repeated_and_the_last_one_fails_the_job() {
    let (runner, metrics) = runner(Act::Retry).await;
    let stop = CancellationToken::new();
    assert!(runner.run_one(&stop).await.unwrap());
    let (state, error, _) = row(&runner).await;
    assert_eq!(state, "queued 1");
    assert_eq!(error.as_deref(), Some("code: detail"));
    while runner.run_one(&stop).await.unwrap() {}
    let (state, _, recorded) = row(&runner).await;
    assert_eq!(state, "failed 3");
    assert_eq!(recorded.as_deref(), Some("recorded code"));
    assert_eq!(
        *runner.handler.outcomes.lock().unwrap(),
        [Outcome::Retried, Outcome::Retried, Outcome::Failed]
    );
    let numbers = metrics.encode().unwrap();
    for counted in ["{outcome=\"retried\"} 2", "{outcome=\"rejected\"} 1"] {
        assert!(numbers.contains(counted), "{numbers}");
    }
}

#[tokio::test]
async fn an_attempt_without_its_lease_is_dropped_and_changes_nothing() {
    ends_as(
        Act::LoseLease,
        "running 1",
        Outcome::LeaseLost,
        "lease_lost",
    )
    .await;
}

#[tokio::test]
async fn a_runner_that_stops_gives_its_job_back_uncounted() {
    ends_as(Act::Stop, "queued 0", Outcome::Stopped, "stopped").await;
}

#[tokio::test]
async fn a_job_whose_attempts_all_died_is_failed_and_counted() {
    let (runner, metrics) = runner(Act::Done).await;
    for _ in 0..3 {
        let claimed = claim(&runner.pool, KIND, "dead", claim_settings(OVER)).await;
        assert!(claimed.unwrap().is_some());
    }
    assert_eq!(runner.fail_exhausted().await.unwrap(), 1);
    assert_eq!(runner.fail_exhausted().await.unwrap(), 0);
    let (state, _, recorded) = row(&runner).await;
    assert_eq!(state, "failed 3");
    assert_eq!(recorded.as_deref(), Some("recorded exhausted"));
    let code = sqlx::query_scalar::<_, String>("select error_code from jobs");
    assert_eq!(code.fetch_one(&runner.pool).await.unwrap(), "exhausted");
    assert_eq!(
        *runner.handler.outcomes.lock().unwrap(),
        [Outcome::Exhausted]
    );
    let numbers = metrics.encode().unwrap();
    assert!(numbers.contains("{outcome=\"exhausted\"} 1"), "{numbers}");
}

#[tokio::test]
async fn a_job_that_is_not_short_goes_back_among_the_long_ones_uncounted() {
    let runner = ends_as(Act::Demote, "queued 0", Outcome::Demoted, "demoted").await;
    let priority = sqlx::query_scalar::<_, i16>("select priority from jobs");
    assert_eq!(priority.fetch_one(&runner.pool).await.unwrap(), 0);
}

#[tokio::test]
async fn short_jobs_have_a_slot_of_their_own_and_do_not_wait_for_long_ones() {
    let (runner, _) = runner(Act::EndShort).await;
    enqueue_with(&runner, "another film", 0).await;
    let (stop, mut tasks) = (CancellationToken::new(), tokio::task::JoinSet::new());
    let slots = Slots { any: 1, short: 1 };
    Arc::clone(&runner).spawn(slots, &stop, &mut tasks);
    count(&runner, "running", 1).await;
    for key in ["a picture", "another picture"] {
        enqueue_with(&runner, key, SHORT).await;
    }
    runner.hint.notify_one();
    count(&runner, "done", 2).await;
    count(&runner, "queued", 1).await;
    stop.cancel();
    let ended = tokio::time::timeout(DEADLINE, tasks.join_all()).await;
    assert_eq!(ended.unwrap().len(), 4);
}

#[tokio::test]
async fn a_hint_wakes_an_idle_slot_long_before_it_would_poll() {
    let (runner, _) = runner(Act::Done).await;
    let (stop, mut tasks) = (CancellationToken::new(), tokio::task::JoinSet::new());
    let slots = Slots { any: 2, short: 0 };
    Arc::clone(&runner).spawn(slots, &stop, &mut tasks);
    count(&runner, "done", 1).await;
    for key in ["b", "c", "d"] {
        let mut connection = runner.pool.acquire().await.unwrap();
        enqueue(&mut connection, &job(key)).await.unwrap();
    }
    runner.hint.notify_one();
    count(&runner, "done", 4).await;
    stop.cancel();
    let ended = tokio::time::timeout(DEADLINE, tasks.join_all()).await;
    assert_eq!(ended.unwrap().len(), 4);
}

#[tokio::test]
async fn a_job_without_a_limit_of_attempts_is_never_given_up() {
    let (runner, _) = runner(Act::Done).await;
    let mut runner = Arc::into_inner(runner).unwrap();
    runner.settings.claim.max_attempts = None;
    execute(
        &runner.handler.database,
        "update jobs set attempts = 1000000",
    )
    .await;
    let settings = ClaimSettings {
        lease: OVER,
        ..runner.settings.claim
    };
    let claimed = claim(&runner.pool, KIND, "dead", settings).await.unwrap();
    assert!(!claimed.unwrap().is_last_attempt());
    assert_eq!(runner.fail_exhausted().await.unwrap(), 0);
    assert!(runner.run_one(&CancellationToken::new()).await.unwrap());
    assert_eq!(row(&runner).await.0, "done 1000002");
}
