//! One pool a process. Every connection carries time-outs, so that no statement, lock or forgotten
//! transaction can hold the others up for long.

use std::{str::FromStr, time::Duration};

use crate::config::DatabaseArgs;
use sqlx::{
    Connection,
    postgres::{PgConnectOptions, PgPoolOptions, types::PgInterval},
};

/// A connection that lay idle for so long is asked whether it still is one.
const STALE: Duration = Duration::from_millis(250);

/// A few long-lived connections to one database.
pub type Pool = sqlx::PgPool;

/// How to reach Postgres and how long it may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `postgres://user@host:port/database`; may hold a password, so it is never logged.
    pub url: String,
    /// The most connections at a time.
    pub max_connections: u32,
    /// How long a request waits for a free connection.
    pub acquire_timeout: Duration,
    /// The longest a statement may run.
    pub statement_timeout: Duration,
    /// The longest a statement waits for a lock.
    pub lock_timeout: Duration,
    /// The longest a transaction may sit still.
    pub idle_in_transaction_timeout: Duration,
}

impl Settings {
    /// The defaults, for `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(10),
        }
    }
}

impl From<&DatabaseArgs> for Settings {
    /// What the operator set; an empty URL, which no connection accepts, when there is none.
    fn from(args: &DatabaseArgs) -> Self {
        Self {
            max_connections: args.pool_size,
            statement_timeout: args.statement_timeout,
            lock_timeout: args.lock_timeout,
            idle_in_transaction_timeout: args.idle_in_transaction_timeout,
            ..Self::new(args.url.as_ref().map_or("", |url| url.expose()))
        }
    }
}

/// The connection options of `settings`, named `application` in `pg_stat_activity`. An error says
/// what is wrong with the URL.
pub fn connect_options(
    settings: &Settings,
    application: &str,
) -> Result<PgConnectOptions, sqlx::Error> {
    let millis = |time: Duration| time.as_millis().to_string();
    let options = PgConnectOptions::from_str(&settings.url)?
        .application_name(application)
        .options([
            ("statement_timeout", millis(settings.statement_timeout)),
            ("lock_timeout", millis(settings.lock_timeout)),
            (
                "idle_in_transaction_session_timeout",
                millis(settings.idle_in_transaction_timeout),
            ),
        ]);
    Ok(options)
}

/// The pool; connects on first use.
///
/// sqlx pings a connection whenever it is taken, which costs a third of the throughput; here only
/// one that lay idle is asked first. Connections take turns, so that there are at most
/// `max_connections` pings in each `STALE`, and none under load. What Postgres cut meanwhile is
/// replaced before a request meets it.
pub fn pool(settings: &Settings, application: &str) -> Result<Pool, sqlx::Error> {
    let options = connect_options(settings, application)?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .idle_timeout(Duration::from_mins(10))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < STALE {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
        .connect_lazy_with(options);
    Ok(pool)
}

/// `time` as Postgres counts it: in microseconds.
#[must_use]
pub fn interval(time: Duration) -> PgInterval {
    let microseconds = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    PgInterval {
        months: 0,
        days: 0,
        microseconds,
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn idle_connections_that_postgres_cut_are_replaced_and_nobody_notices() {
        let database = TestDatabase::create().await;
        let pool = pool(&Settings::new(&database.url), "cut").unwrap();
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(pool.acquire().await.unwrap());
        }
        drop(held);
        let cut: i64 = sqlx::query_scalar(
            "select count(*) filter (where pg_terminate_backend(pid, 5000))
            from pg_stat_activity
            where application_name = 'cut' and datname = current_database()",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap();
        assert_eq!(cut, 4);
        // Time itself is what makes a connection stale.
        tokio::time::sleep(STALE).await;
        for _ in 0..8 {
            let one: i32 = sqlx::query_scalar("select 1")
                .fetch_one(&pool)
                .await
                .unwrap();
            assert_eq!(one, 1);
        }
    }
}
