//! The URLs of Postgres, and the limits that every connection sets.
//!
//! The URLs are secrets because they may contain a password. `shared::db` checks whether they work.

use std::time::Duration;

use clap::Args;

use super::{
    faults::{Check, Faults},
    secret::Secret,
    units::duration,
};

/// The URLs and limits of Postgres.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Postgres")]
pub struct DatabaseArgs {
    /// Postgres, as `postgres://user:password@host:port/database`. A connection pooler may be in
    /// between.
    #[arg(
        id = "DATABASE_URL",
        long = "database-url",
        env = "DATABASE_URL",
        value_name = "URL"
    )]
    pub url: Option<Secret>,

    /// Postgres without a transaction-mode pooler in between, for LISTEN and advisory locks. Unset:
    /// `DATABASE_URL`.
    #[arg(
        id = "DATABASE_DIRECT_URL",
        long = "database-direct-url",
        env = "DATABASE_DIRECT_URL",
        value_name = "URL"
    )]
    pub direct_url: Option<Secret>,

    /// The maximum number of connections that this process opens.
    #[arg(
        id = "PAWL_DATABASE_POOL_SIZE",
        long = "database-pool-size",
        env = "PAWL_DATABASE_POOL_SIZE",
        value_name = "COUNT",
        default_value_t = 8,
        value_parser = clap::value_parser!(u32).range(1..=1000)
    )]
    pub pool_size: u32,

    /// A statement that takes longer is cancelled.
    #[arg(
        id = "PAWL_DATABASE_STATEMENT_TIMEOUT",
        long = "database-statement-timeout",
        env = "PAWL_DATABASE_STATEMENT_TIMEOUT",
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration
    )]
    pub statement_timeout: Duration,

    /// A statement that waits longer for a lock fails, and its request gets a 503. Each waiting
    /// statement uses a connection.
    #[arg(
        id = "PAWL_DATABASE_LOCK_TIMEOUT",
        long = "database-lock-timeout",
        env = "PAWL_DATABASE_LOCK_TIMEOUT",
        value_name = "DURATION",
        default_value = "1s",
        value_parser = duration
    )]
    pub lock_timeout: Duration,

    /// A transaction that is idle for longer is ended, together with its connection.
    #[arg(
        id = "PAWL_DATABASE_IDLE_IN_TRANSACTION_TIMEOUT",
        long = "database-idle-in-transaction-timeout",
        env = "PAWL_DATABASE_IDLE_IN_TRANSACTION_TIMEOUT",
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration
    )]
    pub idle_in_transaction_timeout: Duration,
}

impl DatabaseArgs {
    /// The URL for LISTEN and locks: the direct one if set, else `DATABASE_URL`.
    pub fn direct_or_url(&self) -> Option<&Secret> {
        self.direct_url.as_ref().or(self.url.as_ref())
    }
}

impl Check for DatabaseArgs {
    fn check(&self, faults: &mut Faults) {
        if self.url.is_none() {
            faults.add(
                &["DATABASE_URL"],
                "is not set: write postgres://user@host:port/database",
            );
        }
        for (name, url) in [
            ("DATABASE_URL", &self.url),
            ("DATABASE_DIRECT_URL", &self.direct_url),
        ] {
            if url.as_ref().is_some_and(|url| !is_postgres(url)) {
                faults.add(&[name], "write a URL that begins with postgres://");
            }
        }
        for (name, time) in [
            ("PAWL_DATABASE_STATEMENT_TIMEOUT", self.statement_timeout),
            ("PAWL_DATABASE_LOCK_TIMEOUT", self.lock_timeout),
            (
                "PAWL_DATABASE_IDLE_IN_TRANSACTION_TIMEOUT",
                self.idle_in_transaction_timeout,
            ),
        ] {
            // Postgres takes 0 for "no limit".
            if time.is_zero() {
                faults.add(&[name], "must be above 0");
            }
        }
    }
}

fn is_postgres(url: &Secret) -> bool {
    ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.expose().starts_with(scheme))
}
