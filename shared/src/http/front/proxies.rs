//! The client's address and request id behind reverse proxies.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

use super::request_id::{RequestId, X_REQUEST_ID};
use crate::http::network::TrustedProxies;

/// The client's address, seen through trusted proxies only; in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// The proxies whose headers are trusted (`PAWL_TRUSTED_PROXIES`).
#[derive(Debug)]
pub(super) struct Proxies(TrustedProxies);

impl Proxies {
    pub(super) fn new(trusted: &[IpNet]) -> Self {
        Self(TrustedProxies::new(trusted))
    }

    /// The last address that is not a trusted proxy. Each proxy appends the address of its own
    /// peer to `X-Forwarded-For`. Read from the right, entries are reliable up to and including
    /// the first address that is not a trusted proxy.
    pub(super) fn client_ip(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut client = peer?.to_canonical();
        let forwarded = headers.get_all("x-forwarded-for");
        let mut hops: Vec<&str> = Vec::new();
        for line in forwarded {
            hops.extend(line.to_str().unwrap_or("unreadable").split(','));
        }
        for hop in hops.into_iter().rev() {
            if !self.0.contain(client) {
                break;
            }
            let Some(address) = address(hop) else { break };
            client = address;
        }
        Some(client)
    }

    /// The id that a trusted proxy sent, else a new one.
    pub(super) fn request_id(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> RequestId {
        let is_trusted = peer.is_some_and(|peer| self.0.contain(peer));
        let sent = headers.get(X_REQUEST_ID).filter(|_| is_trusted);
        sent.and_then(RequestId::parse)
            .unwrap_or_else(RequestId::generate)
    }
}

/// Parses an address as proxies write it: with or without a port, IPv6 with or without brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bracketed = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']'));
    let hop = bracketed.unwrap_or(hop);
    let with_port = || {
        hop.parse::<std::net::SocketAddr>()
            .map(|address| address.ip())
    };
    hop.parse::<IpAddr>()
        .or_else(|_| with_port())
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::network;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(&[network("10.0.0.0/8").unwrap(), network("fd00::/8").unwrap()]);
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        proxies
            .client_ip(Some(peer.parse().unwrap()), &headers)
            .unwrap()
            .to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_through_trusted_proxies() {
        for (peer, forwarded, expected) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["10.0.0.3"], "10.0.0.3"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
            ("fd00::1", &["[2001:db8::7]"], "2001:db8::7"),
            ("fd00::1", &["[2001:db8::7]:4711"], "2001:db8::7"),
        ] {
            assert_eq!(client(peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_request_id_is_taken_from_trusted_proxies_only_and_if_it_is_one() {
        let proxies = Proxies::new(&[network("10.0.0.1").unwrap()]);
        let taken = |peer: &str, id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, id.parse().unwrap());
            proxies
                .request_id(Some(peer.parse().unwrap()), &headers)
                .as_str()
                == id
        };
        assert!(taken("10.0.0.1", "abc-123"));
        assert!(!taken("203.0.113.9", "abc-123"));
        assert!(!taken("10.0.0.1", "with space"));
        assert!(!taken("10.0.0.1", &"x".repeat(129)));
    }
}
