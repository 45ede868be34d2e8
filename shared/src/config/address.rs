//! Network names: listen addresses, origins, hosts and networks.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// A network name that cannot be parsed. The text says what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `host:port`.
    #[error("write host:port, such as 127.0.0.1:8000 or [::]:8000")]
    HostPort,
    /// Not an origin.
    #[error("write an origin without a path, such as https://pawl.example")]
    Origin,
    /// Not a host.
    #[error("write a host, such as pawl.example or pawl.example:8443")]
    Host,
    /// Not a network.
    #[error("write an address or a network, such as 10.0.0.7 or 10.0.0.0/8")]
    Network,
}

/// Where to listen. A name is resolved when it is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort(String);

impl HostPort {
    /// The form that [`tokio::net::TcpListener::bind`] accepts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostPort {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (host, port) = split_port(text).ok_or(AddressError::HostPort)?;
        if host.is_empty() || port.is_none() {
            return Err(AddressError::HostPort);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A web origin (RFC 6454): scheme, host in lower case, and the port unless it is the scheme's
/// default. Two origins are equal exactly if a browser treats them as equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    host: Host,
}

impl Origin {
    /// The form that a browser sends.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port.
    pub fn host(&self) -> &Host {
        &self.host
    }
}

impl FromStr for Origin {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Origin)?;
        let own_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return Err(AddressError::Origin),
        };
        let mut host: Host = rest.parse().map_err(|_| AddressError::Origin)?;
        host.port = host.port.filter(|port| *port != own_port);
        let text = format!("{scheme}://{host}");
        Ok(Self { text, host })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A host as in the `Host` header. A setting without a port allows every port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// Lower case; IPv6 addresses in brackets.
    pub name: String,
    /// The port, if it was given.
    pub port: Option<u16>,
}

impl Host {
    /// Whether this setting allows `other`, the host of a request.
    pub fn allows(&self, other: &Host) -> bool {
        self.name == other.name && self.port.is_none_or(|port| other.port == Some(port))
    }

    /// Whether this is localhost, 127.0.0.1 or `[::1]`.
    pub fn is_local(&self) -> bool {
        matches!(self.name.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }
}

impl FromStr for Host {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (name, port) = split_port(text).ok_or(AddressError::Host)?;
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        let is_host = match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => name
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"-._".contains(&c)),
        };
        if name.is_empty() || !is_host {
            return Err(AddressError::Host);
        }
        Ok(Self {
            name: name.to_ascii_lowercase(),
            port,
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Parses a network, `10.0.0.0/8`, or a single address.
pub fn network(text: &str) -> Result<IpNet, AddressError> {
    let one = |_| text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(one)
        .map_err(|_| AddressError::Network)
}

/// `name:port` → both; a bare name → no port; `None` if the port is not valid.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => {
            let digits = !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit());
            let port = digits.then(|| port.parse().ok()).flatten()?;
            Some((name, Some(port)))
        }
        _ => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_as_browsers_do() {
        for (text, expected) in [
            ("https://Pawl.Example", "https://pawl.example"),
            ("https://pawl.example:443/", "https://pawl.example"),
            ("http://[::1]:5173", "http://[::1]:5173"),
            ("http://localhost:80", "http://localhost"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_is_not_an_origin_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "pawl.example",
            "ftp://a",
            "https://a/b",
            "https://u@a",
            "https://a:x",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(AddressError::Origin), "{text}");
        }
    }

    #[test]
    fn a_host_without_a_port_allows_any_port() {
        let request: Host = "Pawl.Example:8443".parse().unwrap();
        for (setting, allowed) in [
            ("pawl.example", true),
            ("pawl.example:8443", true),
            ("pawl.example:80", false),
        ] {
            assert_eq!(
                setting.parse::<Host>().unwrap().allows(&request),
                allowed,
                "{setting}"
            );
        }
    }

    #[test]
    fn listen_addresses_need_a_port() {
        for (text, good) in [
            ("127.0.0.1:0", true),
            ("[::]:80", true),
            ("localhost", false),
            (":80", false),
            ("a:99999", false),
        ] {
            assert_eq!(text.parse::<HostPort>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn one_address_is_a_network_of_one() {
        assert!(
            network("10.0.0.7")
                .unwrap()
                .contains(&"10.0.0.7".parse::<IpAddr>().unwrap())
        );
        assert!(
            !network("10.0.0.7")
                .unwrap()
                .contains(&"10.0.0.8".parse::<IpAddr>().unwrap())
        );
        assert_eq!(network("ten"), Err(AddressError::Network));
    }
}
