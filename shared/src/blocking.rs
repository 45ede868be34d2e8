//! Runs blocking work on Tokio's blocking threads.

use std::io;

/// Runs `work` on a thread for blocking calls. It runs to its end even if the caller stops waiting.
/// A panic in it becomes an error of kind `Other`.
///
/// # Errors
/// The error of `work`.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(io::Error::other(panic)))
}
