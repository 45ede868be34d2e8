//! What a failed statement tells its caller to do.

/// The name of the constraint that a row violated. Stores map it to an answer by name.
#[must_use]
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint)
}

/// Postgres could not be reached or is going down: say 503 and try later; nothing is wrong with
/// the statement.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // 57P01–57P05: shutting down, crashed, starting up; 53300: too many connections;
        // 08…: the connection broke; 57014: our own statement_timeout; 55P03: lock_timeout.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("57P")
                || code.starts_with("08")
                || matches!(code.as_ref(), "53300" | "57014" | "55P03" | "25P03")
        }),
        _ => false,
    }
}

/// The transaction lost a race (serialization failure, deadlock): run it again.
#[must_use]
pub fn is_retryable(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
}
