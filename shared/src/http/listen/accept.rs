//! Accepts connections up to a limit, and does not spin when the process or the kernel is out of
//! resources.

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

/// The pause after a failed accept; it doubles up to [`MAX_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Rate-limits the warning that all connection slots are taken.
const WARN_INTERVAL: Duration = Duration::from_secs(10);

/// A client's socket. It holds one of the listener's connection slots until it is dropped.
#[derive(Debug)]
pub(super) struct ClientSocket {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    _permit: OwnedSemaphorePermit,
}

/// A source of connections; tests have one of their own.
pub(super) trait Accept {
    /// As [`TcpListener::poll_accept`].
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>>;
}

impl Accept for TcpListener {
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        self.poll_accept(cx)
    }
}

/// Accepts one connection after the other while slots are free.
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

    /// Waits for a free slot and then for a connection.
    pub(super) async fn next(&mut self) -> ClientSocket {
        let permit = self.acquire_slot().await;
        let mut pause = FIRST_PAUSE;
        loop {
            match poll_fn(|cx| self.source.poll_accept(cx)).await {
                Ok((stream, peer)) => {
                    // It fails if the connection is gone, and so will the first read.
                    let _ = stream.set_nodelay(true);
                    return ClientSocket {
                        stream,
                        peer,
                        _permit: permit,
                    };
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    // Out of descriptors or memory: the connection stays in the kernel's queue, so
                    // trying again at once would spin.
                    tracing::warn!(%error, pause_ms = pause.as_millis(), "cannot accept connections");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    async fn acquire_slot(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                return permit;
            }
            if self
                .warned_at
                .is_none_or(|at| at.elapsed() >= WARN_INTERVAL)
            {
                self.warned_at = Some(Instant::now());
                tracing::warn!("the connection limit is reached; new connections wait");
            }
            // The semaphore is never closed, so this succeeds.
            if let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await {
                return permit;
            }
        }
    }
}

/// Raises the soft limit of open files to the hard limit. Every connection needs a descriptor, and
/// many systems start processes with a soft limit of 1,024.
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

/// Whether an error of accept(2) is about one connection that went away in the queue.
fn concerns_one_connection(error: &io::Error) -> bool {
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

    /// Fails with the scripted errors, then accepts from its listener.
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

    /// How long accepting took when it failed with these errors (errno) first.
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
        let _socket = Acceptor::new(&scripted, 1).next().await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn without_descriptors_it_pauses_longer_each_time_and_goes_on() {
        const EMFILE: i32 = 24;
        let pauses: Duration = [50, 100, 200, 400, 800, 1000, 1000]
            .map(Duration::from_millis)
            .iter()
            .sum();
        let waited = waited(&[EMFILE; 7]).await;
        assert!(
            waited >= pauses && waited < pauses + MAX_PAUSE,
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_went_away_costs_no_pause() {
        const ECONNABORTED: i32 = 103;
        assert!(waited(&[ECONNABORTED; 7]).await < FIRST_PAUSE);
    }
}
