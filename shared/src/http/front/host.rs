//! The host names under which the server answers. They protect against DNS rebinding: a browser
//! that was led here by another name gets 421.

use http::{Request, header};

use crate::config::{Host, OriginArgs};

/// Paths that load balancers request by address.
const EXEMPT: [&str; 2] = ["/healthz", "/readyz"];

/// The allowed hosts: those of the public origins, the configured ones, and in development mode the
/// names of this machine.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    allowed: Vec<Host>,
    dev: bool,
}

impl Hosts {
    /// The hosts that `settings` allows.
    pub(super) fn new(settings: &OriginArgs) -> Self {
        Self {
            allowed: settings.hosts().cloned().collect(),
            dev: settings.dev,
        }
    }

    /// Whether a request names an allowed host or asks for health.
    pub(super) fn admits<B>(&self, request: &Request<B>) -> bool {
        EXEMPT.contains(&request.uri().path())
            || request_host(request).is_some_and(|host| self.allows(&host))
    }

    fn allows(&self, host: &Host) -> bool {
        (self.dev && host.is_local()) || self.allowed.iter().any(|allowed| allowed.allows(host))
    }
}

/// The host that a request names. `:authority` of HTTP/2 and an absolute request target override
/// `Host` (RFC 9112 section 3.2.2). A request with two `Host` lines names none.
fn request_host<B>(request: &Request<B>) -> Option<Host> {
    if let Some(authority) = request.uri().authority() {
        return authority.as_str().parse().ok();
    }
    let mut lines = request.headers().get_all(header::HOST).iter();
    let host = lines.next()?.to_str().ok()?.parse().ok()?;
    lines.next().is_none().then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn hosts(dev: bool) -> Hosts {
        let mut settings = config::defaults::<OriginArgs>().unwrap();
        settings.public_url = Some("https://pawl.example".parse().unwrap());
        settings.allowed_hosts = vec!["10.0.0.7:8000".parse().unwrap()];
        settings.dev = dev;
        Hosts::new(&settings)
    }

    fn admitted(dev: bool, uri: &str, host: &str) -> bool {
        let request = Request::builder()
            .uri(uri)
            .header("host", host)
            .body(())
            .unwrap();
        hosts(dev).admits(&request)
    }

    #[test]
    fn only_allowed_hosts_are_admitted() {
        for (host, expected) in [
            ("pawl.example", true),
            ("PAWL.example:443", true),
            ("10.0.0.7:8000", true),
            ("10.0.0.7:9000", false),
            ("evil.example", false),
            ("pawl.example.evil.example", false),
            ("localhost:8000", false),
            ("", false),
        ] {
            assert_eq!(admitted(false, "/", host), expected, "{host}");
        }
    }

    #[test]
    fn development_mode_admits_this_machine_by_its_three_names() {
        for host in ["localhost", "127.0.0.1:5173", "[::1]:8000"] {
            assert!(admitted(true, "/", host), "{host}");
        }
        assert!(!admitted(true, "/", "127.0.0.2"));
    }

    #[test]
    fn health_is_exempt_and_an_absolute_target_overrides_host() {
        assert!(admitted(false, "/healthz", "anything"));
        assert!(admitted(false, "http://pawl.example/", "evil.example"));
        assert!(!admitted(false, "http://evil.example/", "pawl.example"));
    }
}
