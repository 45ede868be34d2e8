//! Why a command of the binary failed.

use std::io;
use std::path::PathBuf;

use shared::auth::SignError;
use shared::config::HostPort;
use shared::db::SchemaError;
use shared::media::image::child::ConversionError;

use crate::http::ApiError;
use crate::search::language::LanguageError;

/// Why the server did not start, or the check failed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The URL of Postgres cannot be used, or Postgres does not answer.
    #[error("cannot use Postgres (DATABASE_URL)")]
    Database(#[from] sqlx::Error),
    /// The database cannot be used, or its schema is too old.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The URL of Redis cannot be used. An unavailable Redis is not an error.
    #[error("cannot use Redis (REDIS_URL)")]
    Redis(#[from] redis::RedisError),
    /// The directory cannot be opened or is not writable.
    #[error("cannot use the store (PAWL_STORE)")]
    Store(#[source] io::Error),
    /// The web client was not built, or it is elsewhere.
    #[error("{} has no index.html of the web client (PAWL_WEB_DIR)", .0.display())]
    Web(PathBuf),
    /// This program cannot be started as a child, or fails there.
    #[error("cannot convert pictures in a child process")]
    Pictures(#[from] ConversionError),
    /// A port is in use, or the address is not local.
    #[error("cannot listen on {0}")]
    Bind(HostPort, #[source] io::Error),
    /// Signal handlers cannot be installed.
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    /// The secret is missing; the check of the configuration reports this first.
    #[error("PAWL_SECRET_KEY is not set")]
    NoSecret,
    /// A command named an unknown user.
    #[error("there is no user `{0}`")]
    NoUser(String),
    /// The new password cannot be read.
    #[error("cannot read the password from standard input")]
    Stdin(#[source] io::Error),
    /// The new password breaks rules.
    #[error("this password cannot be used: {0}")]
    Password(String),
    /// The reset failed.
    #[error("cannot reset the password: {0:?}")]
    Reset(ApiError),
    /// A command named an unknown key.
    #[error("there is no key `{0}`; `api-server keys list` shows all")]
    NoKey(String),
    /// No token can be signed: the first key cannot be created, or the secret does not open it.
    #[error("the signing keys cannot be used (PAWL_SECRET_KEY)")]
    Sign(#[from] SignError),
    /// The language of the search cannot be set.
    #[error(transparent)]
    Language(#[from] LanguageError),
    /// Counters are wrong in this number of rows.
    #[error("counters are wrong in {0} rows")]
    Drift(u64),
}
