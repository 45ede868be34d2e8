//! What callers of a pool wait for: locked rows, and a server that accepts slowly.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::*;

const DEADLINE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(5);

async fn lock_waits(database: &TestDatabase) -> i64 {
    let waiting = "select count(*) from pg_stat_activity
        where application_name = 'pool-test' and datname = current_database()
            and wait_event_type = 'Lock'";
    let counted = sqlx::query_scalar(waiting).fetch_one(&database.pool);
    counted.await.unwrap()
}

#[tokio::test]
async fn writes_that_wait_for_a_locked_row_leave_connections_for_reads() {
    let database = TestDatabase::create().await;
    let settings = Settings {
        lock_timeout: DEADLINE,
        statement_timeout: DEADLINE,
        ..Settings::new(&database.url)
    };
    let pool = Pool::new(&settings, "pool-test").unwrap();
    let setup = "create table t (n int); insert into t values (1)";
    sqlx::raw_sql(setup).execute(&database.pool).await.unwrap();
    let mut holder = database.pool.begin().await.unwrap();
    let change = "update t set n = n + 1";
    sqlx::query(change).execute(&mut *holder).await.unwrap();
    let mut writers = JoinSet::new();
    for number in 0..29 {
        let pool = pool.clone();
        writers.spawn(async move {
            // As a request that checks first, on the same connection.
            let connection = match number % 2 {
                0 => pool.acquire().await?,
                _ => pool.acquire_to_write().await?,
            };
            let mut tx = connection.begin().await?;
            sqlx::query(change).execute(&mut *tx).await?;
            tx.commit().await.map(drop)
        });
    }
    let all_wait = async {
        while lock_waits(&database).await < 6 || pool.used() > 6 {
            sleep(PAUSE).await;
        }
    };
    timeout(DEADLINE, all_wait).await.unwrap();
    backend(&mut pool.acquire().await.unwrap()).await;
    pool.begin_to_read().await.unwrap().commit().await.unwrap();
    assert_eq!(lock_waits(&database).await, 6);
    assert_eq!((pool.writing(), pool.max_writing()), (6, 6));
    // A write that need not wait for the others waits for its turn, and the reads do not.
    assert!(pool.begin().now_or_never().is_none());
    holder.commit().await.unwrap();
    let written = writers.join_all().await;
    let done = written.iter().filter(|result| result.is_ok()).count();
    let refused = |error: &sqlx::Error| matches!(error, sqlx::Error::PoolTimedOut);
    let timed_out = written.iter().filter_map(|result| result.as_ref().err());
    assert!(timed_out.clone().all(refused) && done >= 6, "{written:?}");
}

/// Forwards connections to the server of `database` when the gate has a permit for them.
async fn slow_server(database: &TestDatabase) -> (String, Arc<Semaphore>, Arc<AtomicUsize>) {
    let (gate, accepted) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = connect_address(&database.url);
    let (open, count) = (Arc::clone(&gate), Arc::clone(&accepted));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let (open, server) = (Arc::clone(&open), server.clone());
            tokio::spawn(async move {
                open.acquire().await.unwrap().forget();
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    let url = database
        .url
        .replace(&connect_address(&database.url), &address.to_string());
    (url, gate, accepted)
}

/// The `host:port` of a URL.
fn connect_address(url: &str) -> String {
    let authority = url.split('/').nth(2).unwrap();
    authority.rsplit('@').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_server_that_accepts_more_slowly_than_callers_wait_is_reached() {
    let database = TestDatabase::create().await;
    let (url, gate, accepted) = slow_server(&database).await;
    let settings = Settings {
        max_connections: 1,
        acquire_timeout: Duration::from_millis(50),
        ..Settings::new(url)
    };
    let pool = Pool::new(&settings, "pool-test").unwrap();
    for _ in 0..3 {
        let timed_out = pool.acquire().await;
        assert!(matches!(timed_out, Err(sqlx::Error::PoolTimedOut)));
    }
    gate.add_permits(1);
    let reached = async {
        loop {
            if let Ok(mut connection) = pool.acquire().await {
                return backend(&mut connection).await;
            }
        }
    };
    timeout(DEADLINE, reached).await.unwrap();
    assert_eq!(accepted.load(Ordering::Relaxed), 1, "one attempt was made");
    assert_eq!(pool.used(), 0);
}
