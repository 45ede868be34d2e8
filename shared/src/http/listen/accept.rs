//! Taking the next connection without spinning when there are too many, here or in the kernel.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// The first wait after a failed accept; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A full house is told this often, not for every guest.
const WARN_EVERY: Duration = Duration::from_secs(10);

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

/// Takes one connection after the other, each with its place among at most so many.
pub(super) struct Acceptor<'a, A> {
    source: &'a A,
    permits: Arc<Semaphore>,
    warned_at: Option<Instant>,
}

impl<'a, A: Accept> Acceptor<'a, A> {
    pub(super) fn new(source: &'a A, max_connections: u32) -> Self {
        let permits = Arc::new(Semaphore::new(max_connections as usize));
        Self {
            source,
            permits,
            warned_at: None,
        }
    }

    /// Waits for a place and then for a connection to fill it.
    pub(super) async fn next(&mut self) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let permit = self.place().await;
        let mut pause = FIRST_PAUSE;
        loop {
            match poll_fn(|cx| self.source.poll_accept(cx)).await {
                Ok((stream, peer)) => {
                    // A failure here means the connection is gone, which reading will tell.
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

    async fn place(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                return permit;
            }
            if self.warned_at.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
                self.warned_at = Some(Instant::now());
                tracing::warn!("the connection limit is reached; new connections wait");
            }
            // The semaphore is never closed, so this waits and then succeeds.
            if let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await {
                return permit;
            }
        }
    }
}

/// Lets this process open as many files as it ever may: many systems begin with 1,024, and every
/// connection needs one.
pub(super) fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if limit.current != limit.maximum && setrlimit(Resource::Nofile, raised).is_err() {
        tracing::warn!(
            open_files = limit.current,
            "could not raise the limit of open files"
        );
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
        let (_connection, _, _permit) = Acceptor::new(&scripted, 1).next().await;
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
