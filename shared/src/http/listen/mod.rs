//! One accept loop for every server: hyper's HTTP/1.1 and HTTP/2 (prior knowledge) with the
//! limits that hyper leaves open.
//!
//! A connection must say which protocol it speaks, and then send its header, within the header
//! timeout. What hyper itself refuses before any service sees it is answered with a problem here
//! (`refusal`). 100-continue and the framing of bodies are hyper's.

mod accept;
mod client_io;
mod connection;
mod refusal;
mod sniff;
#[cfg(test)]
mod tests;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::{Body, Draining};
use crate::config::HttpArgs;
use accept::Acceptor;
use connection::Connection;

/// The address at the other end of the connection; in the extensions of every request. It may be
/// a proxy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections and streams that were still busy after the grace and were dropped.
    pub cut: usize,
}

/// A bound port that does not yet serve.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    settings: HttpArgs,
    read_buffer: usize,
}

/// What all connections of a listener share.
#[derive(Debug)]
struct Shared {
    settings: HttpArgs,
    read_buffer: usize,
    draining: Draining,
}

/// A service a [`Listener`] can run: it always answers.
pub trait HttpService:
    Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> HttpService for S where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

impl Listener {
    /// Binds `address`; port 0 takes a free one, which [`local_addr`](Self::local_addr) tells. The
    /// process's limit of open files is raised to what it may be.
    ///
    /// # Errors
    /// The address does not resolve or cannot be bound.
    pub async fn bind(address: impl ToSocketAddrs, settings: HttpArgs) -> io::Result<Self> {
        accept::raise_open_files();
        let tcp = TcpListener::bind(address).await?;
        let read_buffer = settings.max_header_bytes.as_usize();
        Ok(Self {
            tcp,
            settings,
            read_buffer,
        })
    }

    /// The real address.
    ///
    /// # Errors
    /// The socket cannot say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Lets frames of request bodies grow to `bytes`; servers of large bodies want more than the
    /// default, the header limit. An unfinished header may then take as much memory, but is
    /// refused once it is whole.
    #[must_use]
    pub fn read_buffer(mut self, bytes: usize) -> Self {
        self.read_buffer = self.read_buffer.max(bytes);
        self
    }

    /// Serves until `shutdown`, then drains: nothing is accepted any more, idle connections close
    /// at once, requests under way may finish within `grace`, and what is left is dropped.
    /// Dropping the future drops every connection.
    pub async fn serve<S: HttpService>(
        self,
        service: S,
        shutdown: CancellationToken,
        grace: Duration,
    ) -> Drained {
        let draining = Draining::new(shutdown.clone());
        let _owner = draining.owner();
        let mut acceptor = Acceptor::new(&self.tcp, self.settings.max_connections);
        let shared = Arc::new(Shared {
            settings: self.settings,
            read_buffer: self.read_buffer,
            draining: draining.clone(),
        });
        let accepting = async {
            loop {
                let (stream, peer, permit) = acceptor.next().await;
                let connection = Connection::new(stream, peer, permit, Arc::clone(&shared));
                draining.spawn(connection.serve(service.clone()));
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = accepting => {}
        }
        drop(self.tcp);
        let cut = draining.finish(grace).await;
        if cut > 0 {
            tracing::warn!(cut, "requests were aborted at the end of the drain");
        }
        Drained { cut }
    }
}
