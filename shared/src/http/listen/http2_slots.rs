//! Limits how much an HTTP/2 connection may hold, because it may have many requests at a time.
//!
//! Each request counts like a connection of HTTP/1: of a network with 2,500 connections, 25 may have
//! 100 streams each. Further ones have one stream, so that they hold no more than a connection of
//! HTTP/1. Otherwise the headers and buffers of all streams could take 7 MiB for each connection.
//! Trusted proxies carry the requests of many networks and are not limited.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::accept::ConnectionLimits;
use crate::{http::network::Network, keyed_semaphores::KeyedSemaphores};

/// How many requests a connection may have at a time (RFC 9113 section 6.5.2 recommends no fewer).
pub(super) const MAX_CONCURRENT_STREAMS: u32 = 100;
/// Bytes of bodies that a connection, and each of its streams, may send before the service reads
/// them.
const RECEIVE_WINDOW: u32 = 1 << 20;
/// The same for a connection of one stream.
const SMALL_RECEIVE_WINDOW: u32 = 256 << 10;

/// The slots of all networks, each for a connection of many streams.
#[derive(Debug)]
pub(super) struct Http2Slots {
    total: Arc<Semaphore>,
    networks: KeyedSemaphores<Network>,
}

/// One connection's slot, of its network and of the listener.
#[derive(Debug)]
struct Http2Slot {
    _network: OwnedSemaphorePermit,
    _total: OwnedSemaphorePermit,
}

/// What a connection may use.
#[derive(Debug)]
pub(super) struct Http2Allowance {
    /// Requests at a time.
    pub(super) streams: u32,
    /// In bytes, for the connection and for each stream.
    pub(super) receive_window: u32,
    _slot: Option<Http2Slot>,
}

impl Http2Slots {
    /// At least one slot in total and for each network.
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        let slots = |connections: u32| (connections / MAX_CONCURRENT_STREAMS).max(1) as usize;
        Self {
            total: Arc::new(Semaphore::new(slots(limits.total))),
            networks: KeyedSemaphores::new(slots(limits.per_network)),
        }
    }

    /// The allowance of a connection from `network`, or from a trusted proxy if that is `None`. It
    /// does not wait for a slot.
    pub(super) fn allow(&self, network: Option<Network>) -> Http2Allowance {
        let slot = network.map(|network| self.take(network));
        let is_small = matches!(slot, Some(None));
        Http2Allowance {
            streams: if is_small { 1 } else { MAX_CONCURRENT_STREAMS },
            receive_window: if is_small {
                SMALL_RECEIVE_WINDOW
            } else {
                RECEIVE_WINDOW
            },
            _slot: slot.flatten(),
        }
    }

    fn take(&self, network: Network) -> Option<Http2Slot> {
        Some(Http2Slot {
            _network: self.networks.get(network).try_acquire_owned().ok()?,
            _total: Arc::clone(&self.total).try_acquire_owned().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn slots(total: u32, per_network: u32) -> Http2Slots {
        Http2Slots::new(&ConnectionLimits {
            total,
            per_network,
            ..ConnectionLimits::default()
        })
    }

    fn allowed(slots: &Http2Slots, host: u8) -> Http2Allowance {
        slots.allow(Some(Network::from(IpAddr::from([192, 0, 2, host]))))
    }

    #[test]
    fn a_network_has_as_many_streams_as_connections_and_a_proxy_is_not_limited() {
        let slots = slots(500, 200);
        let first = [allowed(&slots, 1), allowed(&slots, 1)];
        assert!(first.iter().all(|allowance| allowance.streams == 100));
        let third = allowed(&slots, 1);
        assert_eq!((third.streams, third.receive_window), (1, 256 << 10));
        let _others = [2, 2, 3].map(|host| allowed(&slots, host));
        assert_eq!(allowed(&slots, 4).streams, 1, "five in total");
        assert_eq!(slots.allow(None).streams, 100);
        drop(first);
        assert_eq!(allowed(&slots, 1).streams, 100);
    }

    #[test]
    fn a_listener_of_few_connections_still_has_a_slot() {
        let slots = slots(4, 1);
        let _only = allowed(&slots, 1);
        assert_eq!(allowed(&slots, 1).streams, 1);
    }
}
