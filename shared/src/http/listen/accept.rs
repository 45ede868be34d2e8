//! Accepts connections up to limits, and does not spin when the process or the kernel is out of
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
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
    time::Instant,
};

use crate::{
    http::network::{Network, TrustedProxies},
    keyed_semaphores::KeyedSemaphores,
};

/// The pause after a failed accept; it doubles up to [`MAX_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Rate-limits the warnings that slots are taken.
const WARN_INTERVAL: Duration = Duration::from_secs(10);

/// A client's socket. It holds one of the listener's connection slots until it is dropped, and one
/// of its network's unless it is a trusted proxy's.
#[derive(Debug)]
pub(super) struct ClientSocket {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    /// The client's network; `None` for a trusted proxy.
    pub(super) network: Option<Network>,
    /// The network's comes first, because they are released in this order: an acceptor that gets
    /// the listener's must find the network's too.
    _permits: (Option<OwnedSemaphorePermit>, OwnedSemaphorePermit),
}

/// How many connections there may be at the same time.
#[derive(Debug, Default)]
pub(super) struct ConnectionLimits {
    pub(super) total: u32,
    /// From one network.
    pub(super) per_network: u32,
    /// They carry the requests of many networks, so only the total applies to them.
    pub(super) proxies: TrustedProxies,
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
    network_permits: KeyedSemaphores<Network>,
    proxies: TrustedProxies,
    warned_of_total: Warning,
    warned_of_network: Warning,
}

/// When a warning was logged last.
#[derive(Default)]
struct Warning(Option<Instant>);

impl<'a, A: Accept> Acceptor<'a, A> {
    pub(super) fn new(source: &'a A, limits: ConnectionLimits) -> Self {
        Self {
            source,
            permits: Arc::new(Semaphore::new(limits.total as usize)),
            network_permits: KeyedSemaphores::new(limits.per_network as usize),
            proxies: limits.proxies,
            warned_of_total: Warning::default(),
            warned_of_network: Warning::default(),
        }
    }

    /// Waits for a free slot and then for a connection. A connection beyond its network's limit is
    /// closed at once: kept waiting, it would hold a descriptor.
    pub(super) async fn next(&mut self) -> ClientSocket {
        let permit = self.acquire_slot().await;
        loop {
            let (stream, peer) = self.accept().await;
            let is_proxy = self.proxies.contain(peer.ip());
            let network = (!is_proxy).then(|| Network::from(peer.ip()));
            let Ok(network_permit) = self.acquire_network_slot(network) else {
                continue;
            };
            // It fails if the connection is gone, and so will the first read.
            let _ = stream.set_nodelay(true);
            return ClientSocket {
                stream,
                peer,
                network,
                _permits: (network_permit, permit),
            };
        }
    }

    async fn accept(&self) -> (TcpStream, SocketAddr) {
        let mut pause = FIRST_PAUSE;
        loop {
            match poll_fn(|cx| self.source.poll_accept(cx)).await {
                Ok(accepted) => return accepted,
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
            if self.warned_of_total.is_due() {
                tracing::warn!("the connection limit is reached; new connections wait");
            }
            // The semaphore is never closed, so this succeeds.
            if let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await {
                return permit;
            }
        }
    }

    fn acquire_network_slot(
        &mut self,
        network: Option<Network>,
    ) -> Result<Option<OwnedSemaphorePermit>, TryAcquireError> {
        let Some(network) = network else {
            return Ok(None);
        };
        let permit = self.network_permits.get(network).try_acquire_owned();
        if permit.is_err() && self.warned_of_network.is_due() {
            tracing::warn!(%network, "a network's connection limit is reached; new ones are closed");
        }
        permit.map(Some)
    }
}

impl Warning {
    /// Whether it may be logged again.
    fn is_due(&mut self) -> bool {
        let is_due = self.0.is_none_or(|at| at.elapsed() >= WARN_INTERVAL);
        if is_due {
            self.0 = Some(Instant::now());
        }
        is_due
    }
}

/// How many of the descriptors that the process may have can be used for connections. The others
/// are for files and for connections to Postgres and Redis.
pub(super) fn max_sockets() -> u32 {
    let max = raise_open_files().map_or(u64::MAX, |files| files / 4 * 3);
    u32::try_from(max).unwrap_or(u32::MAX)
}

/// Raises the soft limit of open files to the hard limit, and returns it if there is one. Every
/// connection needs a descriptor, and many systems start processes with a soft limit of 1,024.
fn raise_open_files() -> Option<u64> {
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
        return limit.current;
    }
    limit.maximum
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

    use ipnet::IpNet;
    use tokio::io::AsyncReadExt;

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

    fn limits(total: u32, per_network: u32, proxies: &[IpNet]) -> ConnectionLimits {
        ConnectionLimits {
            total,
            per_network,
            proxies: TrustedProxies::new(proxies),
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
        let _socket = Acceptor::new(&scripted, limits(1, 1, &[])).next().await;
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

    /// Clients that connect one after the other, and the sockets that the acceptor keeps.
    async fn accept_all(
        limits: ConnectionLimits,
        count: u32,
    ) -> (Vec<TcpStream>, Vec<ClientSocket>) {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (mut clients, mut sockets) = (Vec::new(), Vec::new());
        let address = tcp.local_addr().unwrap();
        let mut acceptor = Acceptor::new(&tcp, limits);
        for _ in 0..count {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        for _ in 0..count {
            let next = tokio::time::timeout(Duration::from_millis(50), acceptor.next());
            sockets.extend(next.await.ok());
        }
        (clients, sockets)
    }

    #[tokio::test]
    async fn a_network_gets_no_more_than_its_slots_and_the_others_are_closed() {
        let (mut clients, sockets) = accept_all(limits(10, 2, &[]), 3).await;
        assert_eq!(sockets.len(), 2);
        let closed = clients.last_mut().unwrap().read(&mut [0]).await;
        assert!(closed.is_err() || closed.is_ok_and(|count| count == 0));
    }

    #[tokio::test]
    async fn a_trusted_proxy_may_use_all_slots() {
        let loopback: IpNet = "127.0.0.0/8".parse().unwrap();
        let (_clients, sockets) = accept_all(limits(10, 2, &[loopback]), 10).await;
        assert_eq!(sockets.len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_went_away_costs_no_pause() {
        const ECONNABORTED: i32 = 103;
        assert!(waited(&[ECONNABORTED; 7]).await < FIRST_PAUSE);
    }
}
