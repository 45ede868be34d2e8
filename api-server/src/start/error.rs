//! Why a command of the binary failed.

use std::io;

use shared::auth::SignError;
use shared::config::HostPort;
use shared::db::SchemaError;

/// Why the server did not start, or the check failed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address of Postgres cannot be used, or it does not answer.
    #[error("Postgres (DATABASE_URL)")]
    Database(#[from] sqlx::Error),
    /// The database cannot be used, or its schema is too old.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The address of Redis cannot be used; that it is away is no fault.
    #[error("Redis (REDIS_URL)")]
    Redis(#[from] redis::RedisError),
    /// The folder cannot be opened, or not be written to.
    #[error("the store (PAWL_STORE)")]
    Store(#[source] io::Error),
    /// A port is taken or an address is not ours.
    #[error("cannot listen on {0}")]
    Bind(HostPort, #[source] io::Error),
    /// SIGTERM cannot be watched for.
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    /// There is none; the configuration's check says so first.
    #[error("PAWL_SECRET_KEY is not set")]
    NoSecret,
    /// A command was about somebody who is not there.
    #[error("there is no user `{0}`")]
    NoUser(String),
    /// A command was about a key that is not there.
    #[error("there is no key `{0}`; `api-server keys list` shows all")]
    NoKey(String),
    /// No token could be signed: the first key cannot be made, or does not open.
    #[error("the signing keys cannot be used (PAWL_SECRET_KEY)")]
    Sign(#[from] SignError),
    /// What stands in so many rows is not what they count.
    #[error("counters are wrong in {0} rows")]
    Drift(u64),
}
