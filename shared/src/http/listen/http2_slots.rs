//! Limits the number of HTTP/2 connections, because each may have many requests at a time.
//!
//! Each request counts like a connection of HTTP/1: a network with 2,500 connections may have 25
//! connections of HTTP/2 with 100 streams each. Otherwise the headers and buffers of all streams
//! could take 40 MiB for each connection. Trusted proxies carry the requests of many networks and
//! are not limited.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::accept::ConnectionLimits;
use crate::{http::network::Network, keyed_semaphores::KeyedSemaphores};

/// How many requests a connection may have at a time (RFC 9113 section 6.5.2 recommends no fewer).
pub(super) const MAX_CONCURRENT_STREAMS: u32 = 100;

/// The slots of all networks.
#[derive(Debug)]
pub(super) struct Http2Slots {
    total: Arc<Semaphore>,
    networks: KeyedSemaphores<Network>,
}

/// One connection's slot, of its network and of the listener.
#[derive(Debug)]
pub(super) struct Http2Slot {
    _network: OwnedSemaphorePermit,
    _total: OwnedSemaphorePermit,
}

impl Http2Slots {
    /// At least one connection in total and for each network.
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        let slots = |connections: u32| (connections / MAX_CONCURRENT_STREAMS).max(1) as usize;
        Self {
            total: Arc::new(Semaphore::new(slots(limits.total))),
            networks: KeyedSemaphores::new(slots(limits.per_network)),
        }
    }

    /// A slot for a connection from `network`; `None` for a trusted proxy, which needs none. Fails if
    /// no slot is free. It does not wait: the connection would hold a descriptor meanwhile.
    pub(super) fn take(
        &self,
        network: Option<Network>,
    ) -> Result<Option<Http2Slot>, TryAcquireError> {
        let Some(network) = network else {
            return Ok(None);
        };
        Ok(Some(Http2Slot {
            _network: self.networks.get(network).try_acquire_owned()?,
            _total: Arc::clone(&self.total).try_acquire_owned()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_network_has_as_many_streams_as_connections_and_a_proxy_is_not_limited() {
        let slots = Http2Slots::new(&ConnectionLimits {
            total: 500,
            per_network: 200,
            ..ConnectionLimits::default()
        });
        let network = |host: u8| Some(Network::from(IpAddr::from([192, 0, 2, host])));
        let _first = slots.take(network(1)).unwrap();
        let second = slots.take(network(1)).unwrap();
        assert!(slots.take(network(1)).is_err());
        let _others = [2, 2, 3].map(|host| slots.take(network(host)).unwrap());
        assert!(slots.take(network(4)).is_err(), "five in total");
        assert!(slots.take(None).unwrap().is_none());
        drop(second);
        assert!(slots.take(network(1)).unwrap().is_some());
    }

    #[test]
    fn a_listener_of_few_connections_still_speaks_http_2() {
        let slots = Http2Slots::new(&ConnectionLimits {
            total: 4,
            per_network: 1,
            ..ConnectionLimits::default()
        });
        let network = Network::from(IpAddr::from([192, 0, 2, 1]));
        let _only = slots.take(Some(network)).unwrap();
        assert!(slots.take(Some(network)).is_err());
    }
}
