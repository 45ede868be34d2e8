//! How Postgres is reached. Every connection carries time-outs, so that no statement, lock or
//! forgotten transaction can hold the others up for long.

use std::{str::FromStr, time::Duration};

use crate::config::DatabaseArgs;
use sqlx::postgres::{PgConnectOptions, types::PgInterval};

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
