//! Cross-origin requests (the Fetch standard's CORS protocol) as a decision without IO.
//!
//! Closed by default: a page of another origin reads nothing unless its origin is listed. Nobody
//! is sent away here; it is the browser that keeps the answer from the page. Credentials are
//! never allowed, since tokens travel in headers of their own.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};

use super::{Body, empty};
use crate::config::{Origin, OriginArgs};

/// Which origins may call, and what for.
#[derive(Debug, Clone)]
pub struct Cors {
    allowed: Vec<Origin>,
    dev: bool,
    rules: CorsRules,
}

/// What a listed origin may do; each a comma-separated list as its header wants it.
#[derive(Debug, Clone, Copy)]
pub struct CorsRules {
    /// `Access-Control-Allow-Methods`.
    pub methods: &'static str,
    /// `Access-Control-Allow-Headers`.
    pub headers: &'static str,
    /// `Access-Control-Expose-Headers`.
    pub expose: &'static str,
}

/// Seconds for which browsers may remember a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");

impl Cors {
    /// The origins of `settings` under `rules`.
    pub fn new(settings: &OriginArgs, rules: CorsRules) -> Self {
        Self {
            allowed: settings.allowed_origins.clone(),
            dev: settings.dev,
            rules,
        }
    }

    /// Whether pages of `origin` may call.
    pub fn allows(&self, origin: &str) -> bool {
        let Ok(origin) = origin.parse::<Origin>() else {
            return false;
        };
        (self.dev && origin.host().is_local()) || self.allowed.contains(&origin)
    }

    /// The answer to a preflight, `None` for any other request. An origin that is not listed gets
    /// one without permission.
    pub fn preflight<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        if !is_preflight(request) {
            return None;
        }
        let mut response = Response::new(empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        if self.permit(request.headers(), headers) {
            permit_what(self.rules, headers);
        }
        Some(response)
    }

    /// The answer to a preflight for what pages of every origin may ask for.
    pub fn preflight_of_anyone<B>(
        request: &Request<B>,
        rules: CorsRules,
    ) -> Option<Response<Body>> {
        if !is_preflight(request) {
            return None;
        }
        let mut response = Response::new(empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let anyone = HeaderValue::from_static("*");
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
        permit_what(rules, headers);
        Some(response)
    }

    /// Adds to an ordinary answer what lets a listed origin's page read it.
    pub fn decorate(&self, request: &HeaderMap, response: &mut HeaderMap) {
        if self.permit(request, response) {
            let expose = HeaderValue::from_static(self.rules.expose);
            response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, expose);
        }
    }

    fn permit(&self, request: &HeaderMap, response: &mut HeaderMap) -> bool {
        // Also without an Origin: a cache must not give that answer to a page.
        response.append(header::VARY, HeaderValue::from_name(header::ORIGIN));
        let Some(origin) = request.get(header::ORIGIN) else {
            return false;
        };
        let allowed = origin.to_str().is_ok_and(|origin| self.allows(origin));
        if allowed {
            response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        allowed
    }
}

fn permit_what(rules: CorsRules, headers: &mut HeaderMap) {
    let methods = HeaderValue::from_static(rules.methods);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let allowed = HeaderValue::from_static(rules.headers);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
}

/// Whether a request is a preflight: OPTIONS with an origin and the method it asks for.
pub fn is_preflight<B>(request: &Request<B>) -> bool {
    const ASKS: HeaderName = header::ACCESS_CONTROL_REQUEST_METHOD;
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(ASKS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn cors(dev: bool) -> Cors {
        let mut settings = config::defaults::<OriginArgs>().unwrap();
        settings.allowed_origins = vec!["https://web.example".parse().unwrap()];
        settings.dev = dev;
        let rules = CorsRules {
            methods: "GET, PATCH",
            headers: "Authorization",
            expose: "Location",
        };
        Cors::new(&settings, rules)
    }

    fn preflight(origin: &str) -> Request<()> {
        Request::options("/")
            .header("origin", origin)
            .header("access-control-request-method", "PATCH")
            .body(())
            .unwrap()
    }

    #[test]
    fn only_listed_origins_are_allowed() {
        for (origin, dev, expected) in [
            ("https://web.example", false, true),
            ("https://web.example:443", false, true),
            ("http://web.example", false, false),
            ("https://web.example.evil.example", false, false),
            ("null", true, false),
            ("http://localhost:5173", false, false),
            ("http://localhost:5173", true, true),
            ("http://[::1]:1", true, true),
            ("http://127.0.0.1", true, true),
            ("http://localhost.evil.example", true, false),
        ] {
            assert_eq!(cors(dev).allows(origin), expected, "{origin} {dev}");
        }
    }

    #[test]
    fn a_listed_origin_gets_its_preflight_answered_in_full() {
        let response = cors(false)
            .preflight(&preflight("https://web.example"))
            .unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        let headers = response.headers();
        assert_eq!(
            headers[header::ACCESS_CONTROL_ALLOW_ORIGIN],
            "https://web.example"
        );
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_METHODS], "GET, PATCH");
        assert_eq!(
            headers[header::ACCESS_CONTROL_ALLOW_HEADERS],
            "Authorization"
        );
        assert_eq!(headers[header::VARY], "origin");
    }

    #[test]
    fn an_unlisted_origin_gets_no_permission() {
        let response = cors(false)
            .preflight(&preflight("https://evil.example"))
            .unwrap();
        assert_eq!(
            response.headers().len(),
            1,
            "only Vary: {:?}",
            response.headers()
        );
    }

    #[test]
    fn options_without_an_origin_is_no_preflight() {
        assert!(
            cors(false)
                .preflight(&Request::options("/").body(()).unwrap())
                .is_none()
        );
    }

    #[test]
    fn answers_to_listed_origins_expose_their_headers() {
        let (mut ours, mut theirs) = (HeaderMap::new(), HeaderMap::new());
        cors(false).decorate(preflight("https://web.example").headers(), &mut ours);
        cors(false).decorate(preflight("https://evil.example").headers(), &mut theirs);
        assert_eq!(ours[header::ACCESS_CONTROL_EXPOSE_HEADERS], "Location");
        assert!(!theirs.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        assert_eq!(theirs[header::VARY], "origin");
    }
}
