//! A bound port and its life: accept, serve, drain.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use ipnet::IpNet;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio_util::sync::CancellationToken;

use super::{
    accept::{Acceptor, ConnectionLimits, max_sockets},
    connection::{ConnectionSettings, serve_connection},
    http2_slots::Http2Slots,
    service::HttpService,
};
use crate::{
    config::HttpArgs,
    http::{Draining, network::TrustedProxies},
};

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections and streams that were still busy after the grace and were dropped.
    pub cut: usize,
}

/// A bound port that does not serve yet.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    settings: HttpArgs,
    max_connections: u32,
    proxies: TrustedProxies,
    read_buffer: usize,
}

impl Listener {
    /// Binds `address`; port 0 takes a free port, which [`local_addr`](Self::local_addr) returns.
    /// Raises the process's limit of open files to the maximum that it may set.
    ///
    /// # Errors
    /// The address does not resolve or cannot be bound.
    pub async fn bind(address: impl ToSocketAddrs, settings: HttpArgs) -> io::Result<Self> {
        let max_connections = settings.max_connections.min(max_sockets());
        if max_connections < settings.max_connections {
            tracing::warn!(
                max_connections,
                "fewer connections than PAWL_MAX_CONNECTIONS: the limit of open files is too low"
            );
        }
        let tcp = TcpListener::bind(address).await?;
        let read_buffer = settings.max_header_bytes.as_usize();
        Ok(Self {
            tcp,
            settings,
            max_connections,
            proxies: TrustedProxies::default(),
            read_buffer,
        })
    }

    /// The address that the port is bound to.
    ///
    /// # Errors
    /// The operating system does not tell it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Does not limit the number of connections from these proxies, which carry the requests of
    /// many networks.
    #[must_use]
    pub fn trust(mut self, proxies: &[IpNet]) -> Self {
        self.proxies = TrustedProxies::new(proxies);
        self
    }

    /// Lets frames of request bodies grow to `bytes`. The default is the header limit, which is
    /// small for servers of large bodies. hyper reads headers into the same buffer, so an
    /// unfinished header may take as much memory; it is refused once it is complete.
    #[must_use]
    pub fn read_buffer(mut self, bytes: usize) -> Self {
        self.read_buffer = self.read_buffer.max(bytes);
        self
    }

    /// Serves until `shutdown`, then drains: accepts no new connections, closes idle ones at once,
    /// lets running requests finish within `grace`, and drops the rest. Dropping the future drops
    /// every connection.
    pub async fn serve<S: HttpService>(
        self,
        service: S,
        shutdown: CancellationToken,
        grace: Duration,
    ) -> Drained {
        let draining = Draining::new(shutdown.clone());
        let _owner = draining.owner();
        let limits = ConnectionLimits {
            total: self.max_connections,
            per_network: self.settings.connections_per_network(self.max_connections),
            proxies: self.proxies,
        };
        let http2_slots = Http2Slots::new(&limits);
        let mut acceptor = Acceptor::new(&self.tcp, limits);
        let settings = Arc::new(ConnectionSettings {
            http: self.settings,
            read_buffer: self.read_buffer,
            http2_slots,
            draining: draining.clone(),
        });
        let accepting = async {
            loop {
                let socket = acceptor.next().await;
                let settings = Arc::clone(&settings);
                draining.spawn(serve_connection(socket, service.clone(), settings));
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
