//! Who shares a batch, and what happens to the others when one member or its caller fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinHandle,
};

use super::*;

const LIMITS: BatchLimits = BatchLimits {
    members: 4,
    waiting: 6,
    within: Duration::from_secs(10),
};
/// A member for which the transaction fails.
const BAD: i64 = -1;
/// A member for which Postgres is unavailable.
const UNAVAILABLE: i64 = -2;
/// A member for which the code panics.
const PANIC: i64 = -3;

/// Reports each batch and waits for a permit before it commits.
struct Gated {
    begun: mpsc::UnboundedSender<Vec<i64>>,
    gate: Arc<Semaphore>,
    committed: Arc<AtomicUsize>,
}

impl Batch for Gated {
    type Key = &'static str;
    type Member = i64;
    type Output = i64;

    async fn commit(&self, _: &Self::Key, members: &[i64]) -> Result<Vec<i64>, sqlx::Error> {
        self.begun.send(members.to_vec()).unwrap();
        self.gate.acquire().await.unwrap().forget();
        assert!(!members.contains(&PANIC), "a member that panics");
        if members.contains(&UNAVAILABLE) {
            return Err(sqlx::Error::PoolTimedOut);
        }
        if members.contains(&BAD) {
            return Err(sqlx::Error::Database(Box::new(Refused)));
        }
        self.committed.fetch_add(members.len(), Ordering::Relaxed);
        Ok(members.iter().map(|member| member * 10).collect())
    }
}

struct Scene {
    batcher: Batcher<Gated>,
    begun: mpsc::UnboundedReceiver<Vec<i64>>,
    gate: Arc<Semaphore>,
    committed: Arc<AtomicUsize>,
}

fn scene() -> Scene {
    let (gate, committed) = (Arc::new(Semaphore::new(0)), Arc::default());
    let (sender, begun) = mpsc::unbounded_channel();
    let batch = Gated {
        begun: sender,
        gate: Arc::clone(&gate),
        committed: Arc::clone(&committed),
    };
    Scene {
        batcher: Batcher::new(batch, LIMITS),
        begun,
        gate,
        committed,
    }
}

impl Scene {
    /// A caller that has joined the queue when this returns.
    async fn call(&self, key: &'static str, member: i64) -> JoinHandle<Result<i64, BatchError>> {
        let batcher = self.batcher.clone();
        let task = tokio::spawn(async move { batcher.submit(key, member).await });
        tokio::task::yield_now().await;
        task
    }

    async fn call_all(&self, members: &[i64]) -> Vec<JoinHandle<Result<i64, BatchError>>> {
        let mut tasks = Vec::new();
        for member in members {
            tasks.push(self.call("row", *member).await);
        }
        tasks
    }

    /// The members of the batch that begins next.
    async fn begun(&mut self) -> Vec<i64> {
        self.begun.recv().await.unwrap()
    }
}

async fn outputs(tasks: Vec<JoinHandle<Result<i64, BatchError>>>) -> Vec<String> {
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(match task.await.unwrap() {
            Ok(output) => output.to_string(),
            Err(BatchError::Database(_)) => "database".to_owned(),
            Err(error) => format!("{error:?}"),
        });
    }
    outputs
}

#[tokio::test]
async fn a_lone_caller_does_not_wait_and_those_that_come_meanwhile_share_the_next_batches() {
    let mut scene = scene();
    let tasks = scene.call_all(&[1, 2, 3, 4, 5, 6, 7]).await;
    assert_eq!(scene.begun().await, [1]);
    scene.gate.add_permits(3);
    assert_eq!(scene.begun().await, [2, 3, 4, 5], "no more than four");
    assert_eq!(scene.begun().await, [6, 7]);
    assert_eq!(
        outputs(tasks).await,
        ["10", "20", "30", "40", "50", "60", "70"]
    );
    // The queue of a key is removed with its task; a later caller starts a new one.
    let later = scene.call_all(&[8]).await;
    assert_eq!(scene.begun().await, [8]);
    scene.gate.add_permits(1);
    assert_eq!(outputs(later).await, ["80"]);
}

#[tokio::test]
async fn callers_of_different_keys_do_not_wait_for_each_other() {
    let mut scene = scene();
    let one = scene.call("row", 1).await;
    let other = scene.call("another row", 2).await;
    let mut begun = [scene.begun().await, scene.begun().await];
    begun.sort();
    assert_eq!(begun, [[1], [2]]);
    scene.gate.add_permits(2);
    assert_eq!(outputs(vec![one, other]).await, ["10", "20"]);
}

#[tokio::test]
async fn one_caller_too_many_is_refused_until_another_leaves() {
    let mut scene = scene();
    let first = scene.call_all(&[1]).await;
    assert_eq!(scene.begun().await, [1]);
    let waiting = scene.call_all(&[2, 3, 4, 5, 6, 7]).await;
    let refused = scene.batcher.submit("row", 8).await;
    assert!(matches!(refused, Err(BatchError::Full)), "{refused:?}");
    waiting[2].abort();
    tokio::task::yield_now().await;
    let next = scene.call_all(&[8]).await;
    scene.gate.add_permits(3);
    assert_eq!(scene.begun().await, [2, 3, 5, 6], "4 has left");
    assert_eq!(scene.begun().await, [7, 8]);
    assert_eq!(outputs(first).await, ["10"]);
    assert_eq!(outputs(next).await, ["80"]);
}

#[tokio::test]
async fn a_caller_that_leaves_a_running_batch_neither_stops_nor_breaks_it() {
    let mut scene = scene();
    let mut tasks = scene.call_all(&[1, 2, 3]).await;
    assert_eq!(scene.begun().await, [1]);
    // The caller whose request started the task.
    tasks.remove(0).abort();
    scene.gate.add_permits(1);
    assert_eq!(scene.begun().await, [2, 3]);
    tasks.remove(0).abort();
    tokio::task::yield_now().await;
    scene.gate.add_permits(1);
    assert_eq!(outputs(tasks).await, ["30"]);
    assert_eq!(scene.committed.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_member_that_postgres_refuses_fails_alone() {
    let mut scene = scene();
    let tasks = scene.call_all(&[1, 2, BAD, 3]).await;
    scene.gate.add_permits(9);
    assert_eq!(outputs(tasks).await, ["10", "20", "database", "30"]);
    let mut begun = Vec::new();
    for _ in 0..5 {
        begun.push(scene.begun().await);
    }
    let alone: [Vec<i64>; 5] = [vec![1], vec![2, BAD, 3], vec![2], vec![BAD], vec![3]];
    assert_eq!(begun, alone);
}

#[tokio::test]
async fn a_batch_without_postgres_fails_at_once_and_is_not_repeated() {
    let mut scene = scene();
    let tasks = scene.call_all(&[1, 2, UNAVAILABLE]).await;
    scene.gate.add_permits(9);
    assert_eq!(outputs(tasks).await, ["10", "database", "database"]);
    assert_eq!(scene.begun().await, [1]);
    assert_eq!(scene.begun().await, [2, UNAVAILABLE]);
    assert!(
        scene.begun.try_recv().is_err(),
        "the commit may have arrived"
    );
}

#[tokio::test]
async fn a_batch_that_panics_loses_its_own_callers_only() {
    let mut scene = scene();
    let tasks = scene.call_all(&[PANIC, 1, 2]).await;
    assert_eq!(scene.begun().await, [PANIC]);
    scene.gate.add_permits(2);
    assert_eq!(outputs(tasks).await, ["Lost", "10", "20"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_stalls_is_given_up_when_its_callers_give_up() {
    let mut scene = scene();
    let first = scene.call_all(&[1]).await;
    assert_eq!(scene.begun().await, [1]);
    tokio::time::sleep(LIMITS.within / 2).await;
    let second = scene.call_all(&[2]).await;
    assert_eq!(outputs(first).await, ["Late"]);
    assert_eq!(scene.begun().await, [2], "the next batch has its turn");
    scene.gate.add_permits(1);
    assert_eq!(outputs(second).await, ["20"]);
}

/// A constraint violation.
#[derive(Debug)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl sqlx::error::DatabaseError for Refused {
    fn message(&self) -> &'static str {
        "refused"
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::CheckViolation
    }
}
