//! Every way in which a connection returns, on a real server.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

mod waiting;

use std::time::Duration;

use futures_util::FutureExt;
use sqlx::PgConnection;
use tokio::task::JoinSet;

use super::{Pool, acquire::STALE};
use crate::{db::Settings, testing::TestDatabase};

fn pool_of(database: &TestDatabase, most: u32) -> Pool {
    let settings = Settings {
        max_connections: most,
        acquire_timeout: Duration::from_mins(1),
        ..Settings::new(&database.url)
    };
    Pool::new(&settings, "pool-test").unwrap()
}

async fn backend(connection: &mut PgConnection) -> i32 {
    let asked = sqlx::query_scalar("select pg_backend_pid()");
    asked.fetch_one(connection).await.unwrap()
}

/// A statement that is given up after it was sent and before it can end: it waits for a lock that
/// is released only then.
async fn give_up(database: &TestDatabase, connection: &mut PgConnection) {
    const LOCK: &str = "select pg_advisory_xact_lock(1)";
    let mut holder = database.pool.begin().await.unwrap();
    sqlx::query(LOCK).execute(&mut *holder).await.unwrap();
    let asked = sqlx::raw_sql(LOCK).execute(connection);
    let given_up = tokio::time::timeout(Duration::from_millis(100), asked).await;
    assert!(given_up.is_err(), "the lock was not waited for");
    holder.commit().await.unwrap();
}

#[tokio::test]
async fn a_connection_left_in_order_is_there_for_the_next_at_once() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 1);
    let first = backend(&mut pool.acquire().await.unwrap()).await;
    for _ in 0..100 {
        let mut again = pool.acquire().now_or_never().unwrap().unwrap();
        assert_eq!(backend(&mut again).await, first);
    }
    // A statement's error does not make its connection unusable.
    let mut connection = pool.acquire().await.unwrap();
    let wrong = sqlx::query("select 1 / 0").execute(&mut *connection).await;
    assert!(wrong.is_err());
    drop(connection);
    assert_eq!(backend(&mut pool.acquire().await.unwrap()).await, first);
}

#[tokio::test]
async fn nobody_gets_what_was_asked_by_whoever_gave_up() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 1);
    let mut connection = pool.acquire().await.unwrap();
    let first = backend(&mut connection).await;
    give_up(&database, &mut connection).await;
    drop(connection);
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(backend(&mut connection).await, first, "it came to rest");
}

#[tokio::test]
async fn what_was_not_committed_is_taken_back_before_anyone_else_gets_the_connection() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 1);
    sqlx::raw_sql("create table t (n int)")
        .execute(&pool)
        .await
        .unwrap();
    let insert = "insert into t values (1)";

    let mut dropped = pool.begin().await.unwrap();
    sqlx::query(insert).execute(&mut *dropped).await.unwrap();
    drop(dropped);
    let mut failed = pool.begin().await.unwrap();
    sqlx::query(insert).execute(&mut *failed).await.unwrap();
    assert!(
        sqlx::query("select 1 / 0")
            .execute(&mut *failed)
            .await
            .is_err()
    );
    drop(failed);
    let mut given_up = pool.begin().await.unwrap();
    sqlx::query(insert).execute(&mut *given_up).await.unwrap();
    give_up(&database, &mut given_up).await;
    drop(given_up);
    // Cancelled at any point between begin and commit.
    for polls in 0..6 {
        let mut changing = Box::pin(async {
            let mut tx = pool.acquire().await.unwrap().begin().await.unwrap();
            sqlx::query(insert).execute(&mut *tx).await.unwrap();
            std::future::pending::<()>().await;
        });
        for _ in 0..polls {
            assert!((&mut changing).now_or_never().is_none());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    let mut kept = pool.begin().await.unwrap();
    sqlx::query("insert into t values (2)")
        .execute(&mut *kept)
        .await
        .unwrap();
    kept.commit().await.unwrap();

    let rows: Vec<i32> = sqlx::query_scalar("select n from t")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(rows, [2]);
    let state: String = sqlx::query_scalar(
        "select state from pg_stat_activity where application_name = 'pool-test'
            and datname = current_database()",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(state, "idle");
}

#[tokio::test]
async fn there_are_never_more_connections_than_there_may_be() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 3);
    let mut askers = JoinSet::new();
    for number in 0..60 {
        let pool = pool.clone();
        askers.spawn(async move {
            let mut connection = pool.acquire().await.unwrap();
            if number % 3 == 0 {
                let asked = sqlx::query("select from pg_sleep(0.01)").execute(&mut *connection);
                let _ = tokio::time::timeout(Duration::from_millis(2), asked).await;
            }
            let counted: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity where application_name = 'pool-test'
                    and datname = current_database()",
            )
            .fetch_one(&mut *connection)
            .await
            .unwrap();
            counted
        });
    }
    let counts = askers.join_all().await;
    assert!(
        counts.iter().all(|count| (1..=3).contains(count)),
        "{counts:?}"
    );
}

#[tokio::test]
async fn who_waits_too_long_is_told_so_and_takes_nothing_along() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 1);
    let held = pool.acquire().await.unwrap();
    // Paused, the clock jumps to the end of the wait: no time passes while connecting.
    tokio::time::pause();
    assert!(matches!(
        pool.acquire().await,
        Err(sqlx::Error::PoolTimedOut)
    ));
    tokio::time::resume();
    drop(held);
    pool.acquire().await.unwrap();
}

#[tokio::test]
async fn idle_connections_that_postgres_cut_are_replaced_and_nobody_notices() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 4);
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(pool.acquire().await.unwrap());
    }
    drop(held);
    let cut: i64 = sqlx::query_scalar(
        "select count(*) filter (where pg_terminate_backend(pid, 9000))
        from pg_stat_activity
        where application_name = 'pool-test' and datname = current_database()",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(cut, 4);
    // Only the elapsed time makes a connection stale.
    tokio::time::sleep(STALE).await;
    for _ in 0..8 {
        backend(&mut pool.acquire().await.unwrap()).await;
    }
}

#[tokio::test]
async fn a_connection_that_breaks_in_somebodys_hands_is_not_kept() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 1);
    let mut connection = pool.acquire().await.unwrap();
    let cut = sqlx::query("select pg_terminate_backend(pg_backend_pid())");
    assert!(cut.execute(&mut *connection).await.is_err());
    drop(connection);
    backend(&mut pool.acquire().await.unwrap()).await;
}

#[tokio::test]
async fn a_closed_pool_gives_out_nothing_and_keeps_nothing() {
    let database = TestDatabase::create().await;
    let pool = pool_of(&database, 2);
    let out = pool.acquire().await.unwrap();
    drop(pool.acquire().await.unwrap());
    pool.close().await;
    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    drop(out);
    assert!(pool.0.idle().is_empty());
}
