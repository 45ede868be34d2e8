//! Work that blocks, on threads where it may.

use std::io;

/// Runs `work` on a thread for blocking calls; it goes on to its end even when nobody waits any
/// more. A panic in it is an error of the kind `Other`.
///
/// # Errors
/// What `work` gives.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(io::Error::other(panic)))
}
