//! What the statements of the queue read when it is long.

use serde_json::Value;

use super::*;
use crate::{
    db::PoolConnection,
    testing::{Plan, Statements},
};

/// The most pages that a claim reads to find a job in a queue that was just vacuumed; about 15 are
/// usual.
const MOST: u64 = 25;
/// The index keeps the entry of a claimed job until Postgres finds it dead. While an older
/// transaction runs, be it in the database of another test, each later claim of the same kind finds
/// that entry twice and reads its row.
const PER_EARLIER_CLAIM: u64 = 2;
/// The most pages that the change of the job's row touches: the table's and five indexes'.
const MOST_TO_CHANGE: u64 = 30;
/// A statement may keep its plan from the sixth execution on.
const TIMES: usize = 8;
/// While autovacuum reads a table, index entries of old rows stay, and each claim reads them.
const NO_AUTOVACUUM: &str = "alter table jobs set (autovacuum_enabled = off)";

/// Half a queue of `count` jobs is due: transcodes of two priorities. The others are purges, which
/// are not.
async fn fill(database: &TestDatabase, count: i32) {
    let mut connection = patient(database).await;
    sqlx::query(
        "insert into jobs (id, kind, unique_key, priority, run_after)
        select gen_random_uuid(),
            case when n % 2 = 1 then 'purge' else 'transcode' end,
            'key:' || gen_random_uuid(),
            case when n % 4 = 2 then 5 else 0 end,
            now() + n * interval '1 ms'
                + case when n % 2 = 1 then interval '1 day' else interval '-1 hour' end
        from generate_series(1, $1) as n",
    )
    .bind(count)
    .execute(&mut *connection)
    .await
    .unwrap();
}

/// A connection for statements that take long on a busy machine.
async fn patient(database: &TestDatabase) -> PoolConnection {
    let mut connection = database.pool.acquire().await.unwrap();
    let patience = sqlx::raw_sql("set statement_timeout = 0");
    patience.execute(&mut *connection).await.unwrap();
    connection
}

fn pages(tree: &Value) -> u64 {
    let of = |name: &str| tree[name].as_u64().unwrap();
    of("Shared Hit Blocks") + of("Shared Read Blocks")
}

/// The pages read to find the job, without those that are written.
fn pages_to_find(plan: &Plan) -> u64 {
    let children = plan.tree["Plans"].as_array().unwrap();
    pages(children.last().unwrap())
}

fn only(watched: &Statements, word: &str) -> Plan {
    let mut plans = watched.take().plans;
    plans.retain(|plan| plan.statement.contains(word));
    assert_eq!(plans.len(), 1, "{plans:?}");
    plans.remove(0)
}

async fn run(database: &TestDatabase, sql: &str) {
    let mut connection = patient(database).await;
    let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    statement.execute(&mut *connection).await.unwrap();
}

/// The plans of claims of both kinds, one after the other.
async fn claim_each(database: &TestDatabase, watched: &Statements) -> Vec<Plan> {
    let mut plans = Vec::new();
    for kind in [JobKind::Transcode, JobKind::Purge] {
        let _ = watched.take();
        let claimed = claim(&database.pool, kind, "w", claim_settings(LONG)).await;
        assert!(claimed.is_ok());
        plans.push(only(watched, "update jobs"));
    }
    plans
}

fn assert_cheap(most: u64, plans: &[Plan]) {
    for plan in plans {
        let (find, all) = (pages_to_find(plan), plan.buffers);
        println!("{find:>2} buffers to find a job, {all:>2} with its change, of {most}");
        let is_cheap = find <= most && all <= most + MOST_TO_CHANGE;
        assert!(is_cheap, "{find} and {all} of {most}: {:#}", plan.tree);
    }
}

/// Claims several times, and holds each claim to its cost after `earlier` claims since the last
/// vacuum.
async fn assert_claims_are_cheap(database: &TestDatabase, watched: &Statements, earlier: usize) {
    for claims in earlier..earlier + TIMES {
        let most = MOST + PER_EARLIER_CLAIM * claims as u64;
        assert_cheap(most, &claim_each(database, watched).await);
    }
}

#[tokio::test]
async fn a_claim_reads_no_more_of_a_long_queue_than_of_a_short_one() {
    let database = TestDatabase::with_plans().await;
    let watched = Statements::watch();
    // Workers have polled an almost empty table for a while, so that its plan would be kept.
    run(&database, &format!("{NO_AUTOVACUUM}; analyze jobs")).await;
    for _ in 0..TIMES {
        claim_each(&database, &watched).await;
    }
    for depth in [100, 1_000, 100_000] {
        fill(&database, depth).await;
        assert_claims_are_cheap(&database, &watched, TIMES).await;
        run(&database, "vacuum analyze jobs").await;
        assert_claims_are_cheap(&database, &watched, 0).await;
    }
    // Urgent jobs that are not due cost one more look at the index.
    run(
        &database,
        "update jobs set run_after = now() + interval '1 day' where priority = 5",
    )
    .await;
    run(&database, "vacuum analyze jobs").await;
    assert_cheap(MOST + 10, &claim_each(&database, &watched).await);
}

#[tokio::test]
async fn the_backlog_is_measured_at_the_same_cost_at_any_depth() {
    let database = TestDatabase::with_plans().await;
    let watched = Statements::watch();
    run(&database, NO_AUTOVACUUM).await;
    for (filled, expected) in [(20, 10..=10), (80, 10..=100), (100_000, 20_000..=80_000)] {
        fill(&database, filled).await;
        for vacuum in [false, true] {
            if vacuum {
                run(&database, "vacuum analyze jobs").await;
            }
            for _ in 0..TIMES {
                let _ = watched.take();
                let backlog = find_backlog(&database.pool, JobKind::Transcode).await;
                let Backlog { pending, oldest } = backlog.unwrap();
                let plan = only(&watched, "recursive lines");
                println!(
                    "{filled:>6} jobs: {pending} pending, {} buffers",
                    plan.buffers
                );
                assert!(plan.buffers <= 20, "{:#}", plan.tree);
                assert!(oldest > Duration::from_mins(59), "{oldest:?}");
                assert!(!vacuum || expected.contains(&pending), "{pending}");
            }
        }
        let backlog = find_backlog(&database.pool, JobKind::Purge).await.unwrap();
        assert_eq!((backlog.pending, backlog.oldest), (0, Duration::ZERO));
    }
}

#[tokio::test]
async fn a_job_whose_worker_died_is_pending_again() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    enqueue(&mut connection, &job("a")).await.unwrap();
    claim_for(&database, LONG).await.unwrap();
    let backlog = find_backlog(&database.pool, KIND).await.unwrap();
    assert_eq!(backlog.pending, 0);
    run(
        &database,
        "update jobs set leased_until = now() - interval '1 s'",
    )
    .await;
    let backlog = find_backlog(&database.pool, KIND).await.unwrap();
    assert_eq!(backlog.pending, 1);
}

#[tokio::test]
async fn every_priority_is_claimed_in_descending_order_whatever_the_others_wait_for() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    for priority in [3, -2, 9, 0, 7] {
        for (key, delay) in [("due", OVER), ("later", LONG)] {
            let job = NewJob {
                priority,
                delay,
                ..job(&format!("{key} {priority}"))
            };
            enqueue(&mut connection, &job).await.unwrap();
        }
    }
    let mut order: Vec<i16> = Vec::new();
    while let Some(lease) = claim_for(&database, LONG).await {
        let priority = sqlx::query_scalar("select priority from jobs where id = $1");
        let claimed = priority.bind(lease.job_id.0).fetch_one(&database.pool);
        order.push(claimed.await.unwrap());
    }
    assert_eq!(order, [9, 7, 3, 0, -2]);
}
