//! Classifies the error of a statement by what the caller can do.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

/// The pause between two attempts while Postgres is unavailable.
const RETRY_EVERY: Duration = Duration::from_millis(100);

/// The name of the constraint that a row violated. Stores map it to an answer by name.
#[must_use]
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint)
}

/// Postgres could not be reached or is shutting down: answer 503 and retry later. The statement
/// itself is correct.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        // Messages of a proxy, or of a server that shuts down during a handshake.
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passes(&code)),
        _ => false,
    }
}

/// Whether this state of Postgres (SQLSTATE) passes: 57P01–57P05: shutting down, crashed, starting
/// up; 53…: no disk, memory, file descriptors or connections left; 08…: the connection broke;
/// 57014: our own `statement_timeout`; 55P03: `lock_timeout`; 25P03:
/// `idle_in_transaction_session_timeout`.
fn passes(code: &str) -> bool {
    ["57P", "53", "08"]
        .iter()
        .any(|class| code.starts_with(class))
        || matches!(code, "57014" | "55P03" | "25P03")
}

/// The transaction lost a race (serialization failure, deadlock): run it again.
#[must_use]
pub fn is_retryable(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
}

/// Repeats `attempt` while Postgres is unavailable, for at most `within` in total. The timeout is
/// measured here, because a stalled server does not apply its own. `attempt` must tolerate being
/// run twice, because the answer to a commit may be lost.
pub async fn retry_while_unavailable<T, Attempt>(
    within: Duration,
    mut attempt: impl FnMut() -> Attempt,
) -> Result<T, sqlx::Error>
where
    Attempt: Future<Output = Result<T, sqlx::Error>>,
{
    let deadline = Instant::now() + within;
    loop {
        match timeout_at(deadline, attempt()).await {
            Err(_) => return Err(sqlx::Error::PoolTimedOut),
            Ok(Err(error)) if is_unavailable(&error) && Instant::now() + RETRY_EVERY < deadline => {
                sleep(RETRY_EVERY).await;
            }
            Ok(decided) => return decided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_resources_is_unavailable_and_a_wrong_statement_is_a_fault() {
        // 53000: "out of file descriptors"; 53100: the disk is full; 53200: no memory.
        for code in [
            "53000", "53100", "53200", "53300", "57P03", "08006", "57014",
        ] {
            assert!(passes(code), "{code}");
        }
        for code in ["42601", "23505", "40001", "22003", "XX000"] {
            assert!(!passes(code), "{code}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_stalls_is_given_up_in_time_and_one_that_returns_is_waited_for() {
        let within = Duration::from_secs(10);
        let started = Instant::now();
        let stalled = retry_while_unavailable(within, std::future::pending::<Result<(), _>>).await;
        assert!(stalled.is_err_and(|error| is_unavailable(&error)));
        assert_eq!(started.elapsed(), within);
        let mut tries = 0;
        let answered = retry_while_unavailable(within, || {
            tries += 1;
            let answer = if tries < 5 {
                Err(sqlx::Error::PoolClosed)
            } else {
                Ok(tries)
            };
            async { answer }
        });
        assert_eq!(answered.await.unwrap(), 5);
    }
}
