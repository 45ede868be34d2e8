//! Taking the next connection without spinning when there are too many, here or in the kernel.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// The first wait after a failed accept; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Where connections come from; tests have one of their own.
pub(super) trait Accept {
    /// As [`TcpListener::poll_accept`].
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>>;
}

impl Accept for TcpListener {
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        self.poll_accept(cx)
    }
}

/// Waits for a place and then for a connection to fill it.
pub(super) async fn next(
    tcp: &impl Accept,
    permits: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let permit = place(permits).await;
    let mut pause = FIRST_PAUSE;
    loop {
        match poll_fn(|cx| tcp.poll_accept(cx)).await {
            Ok((stream, peer)) => {
                // A failure here means the connection is gone already, which reading will tell.
                let _ = stream.set_nodelay(true);
                return (stream, peer, permit);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of descriptors or memory: the connection stays in the queue, so asking
                // again at once would only spin.
                tracing::warn!(%error, pause_ms = pause.as_millis(), "cannot accept");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

async fn place(permits: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    loop {
        if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
            return permit;
        }
        tracing::warn!("every connection slot is taken; new connections wait");
        if let Ok(permit) = Arc::clone(permits).acquire_owned().await {
            return permit;
        }
    }
}

/// Errors that tell of one connection that went away in the queue (accept(2)).
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Mutex};

    use tokio::time::Instant;

    use super::*;

    /// Fails as scripted, then gives what its listener has.
    struct Scripted {
        errors: Mutex<VecDeque<io::Error>>,
        tcp: TcpListener,
    }

    impl Accept for Scripted {
        fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
            match self.errors.lock().unwrap().pop_front() {
                Some(error) => Poll::Ready(Err(error)),
                None => self.tcp.poll_accept(cx),
            }
        }
    }

    /// How long the first connection took behind these errors (errno).
    async fn waited(errors: &[i32]) -> Duration {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(tcp.local_addr().unwrap()).await.unwrap();
        let errors = errors
            .iter()
            .map(|errno| io::Error::from_raw_os_error(*errno))
            .collect();
        let scripted = Scripted {
            errors: Mutex::new(errors),
            tcp,
        };
        let began = Instant::now();
        let (_connection, _, _permit) = next(&scripted, &Arc::new(Semaphore::new(1))).await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn without_descriptors_it_waits_longer_each_time_and_goes_on() {
        const EMFILE: i32 = 24;
        let pauses: Duration = [50, 100, 200, 400, 800, 1000, 1000]
            .map(Duration::from_millis)
            .iter()
            .sum();
        let waited = waited(&[EMFILE; 7]).await;
        assert!(
            waited >= pauses && waited < pauses + LONGEST_PAUSE,
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_went_away_costs_no_wait() {
        const ECONNABORTED: i32 = 103;
        assert!(waited(&[ECONNABORTED; 7]).await < FIRST_PAUSE);
    }
}
