//! The connection settings of Postgres. Every connection has timeouts, so that no statement, lock
//! or forgotten transaction blocks others for long.

use std::{str::FromStr, time::Duration};

use crate::config::DatabaseArgs;
use sqlx::postgres::{PgConnectOptions, types::PgInterval};

/// The URL of Postgres and its timeouts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `postgres://user@host:port/database`; it may contain a password, so it is never logged.
    pub url: String,
    /// The maximum number of connections.
    pub max_connections: u32,
    /// How long a request waits for a free connection.
    pub acquire_timeout: Duration,
    /// The maximum time of a statement.
    pub statement_timeout: Duration,
    /// The maximum time that a statement waits for a lock.
    pub lock_timeout: Duration,
    /// The maximum time that a transaction may be idle.
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
    /// The operator's settings. Without a URL the URL is empty, which no connection accepts.
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

/// The connection options of `settings`, with `application` as the name in `pg_stat_activity`.
/// Fails if the URL is not valid.
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

/// `time` in microseconds, as Postgres counts it.
#[must_use]
pub fn interval(time: Duration) -> PgInterval {
    let microseconds = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    PgInterval {
        months: 0,
        days: 0,
        microseconds,
    }
}
