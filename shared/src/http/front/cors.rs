//! Cross-origin requests: the CORS protocol of the Fetch standard.
//!
//! A page of another origin can read responses only if its origin is allowed. The server answers
//! requests of other origins too; it is the browser that withholds the response from the page.
//! Credentials mode is never allowed: tokens travel in headers of their own.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
        ORIGIN, VARY,
    },
};

use super::trace_context::{TRACEPARENT, TRACESTATE};
use crate::config::{Origin, OriginArgs};

/// How long browsers may cache a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");

/// A server's CORS rules.
#[derive(Debug, Clone, Copy)]
pub struct CorsRules {
    /// For pages of the allowed origins (`PAWL_ALLOWED_ORIGINS`).
    pub allowed_origins: CorsAccess,
    /// The paths that pages of any origin may read, if there are any.
    pub public: Option<PublicPaths>,
    /// Whether the service answers OPTIONS itself, as tus does. Its response to a preflight then
    /// gets the CORS headers. Otherwise the front answers preflights.
    pub service_answers_options: bool,
}

/// Paths that pages of any origin may read.
#[derive(Debug, Clone, Copy)]
pub struct PublicPaths {
    /// Whether a path is one of them.
    pub contain: fn(&str) -> bool,
    /// What pages may do there.
    pub access: CorsAccess,
}

/// What a page may send and read: three comma-separated lists, as their headers want them.
#[derive(Debug, Clone, Copy)]
pub struct CorsAccess {
    /// `Access-Control-Allow-Methods`.
    pub methods: &'static str,
    /// `Access-Control-Allow-Headers`. The front adds those of traces and `PAWL_CORS_HEADERS`.
    pub headers: &'static str,
    /// `Access-Control-Expose-Headers`.
    pub expose: &'static str,
}

/// The rules and the origins that the operator allows.
#[derive(Debug)]
pub(super) struct Cors {
    origins: Vec<Origin>,
    dev: bool,
    /// Headers that pages may send in addition to those of the rules.
    more_headers: String,
    rules: CorsRules,
}

impl Cors {
    pub(super) fn new(settings: &OriginArgs, rules: CorsRules) -> Self {
        let traces = [TRACEPARENT, TRACESTATE];
        let more_headers = traces.iter().chain(&settings.cors_headers);
        let more_headers: Vec<&str> = more_headers.map(HeaderName::as_str).collect();
        Self {
            origins: settings.allowed_origins.clone(),
            dev: settings.dev,
            more_headers: more_headers.join(", "),
            rules,
        }
    }

    /// Whether `request` is a preflight that the front answers (204).
    pub(super) fn answers<B>(&self, request: &Request<B>) -> bool {
        !self.rules.service_answers_options && is_preflight(request)
    }

    /// The CORS headers of the response to `request`.
    pub(super) fn response_headers<B>(&self, request: &Request<B>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let public = self
            .rules
            .public
            .filter(|public| (public.contain)(request.uri().path()));
        let access = if let Some(public) = public {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            public.access
        } else {
            // A cache must not give a page the response to a request of another origin, or of none.
            headers.insert(VARY, HeaderValue::from_name(ORIGIN));
            let Some(origin) = self.allowed_origin(request.headers()) else {
                return headers;
            };
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            self.rules.allowed_origins
        };
        if is_preflight(request) {
            let methods = HeaderValue::from_static(access.methods);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.headers(access));
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        } else {
            let expose = HeaderValue::from_static(access.expose);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose);
        }
        headers
    }

    /// The headers that pages may send.
    fn headers(&self, access: CorsAccess) -> HeaderValue {
        let list = format!("{}, {}", access.headers, self.more_headers);
        // Names of headers are always valid in a value.
        HeaderValue::try_from(list).unwrap_or(HeaderValue::from_static(access.headers))
    }

    /// The request's `Origin`, if pages of that origin are allowed.
    fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let sent = headers.get(ORIGIN)?;
        let origin: Origin = sent.to_str().ok()?.parse().ok()?;
        let is_allowed = (self.dev && origin.host().is_local()) || self.origins.contains(&origin);
        is_allowed.then(|| sent.clone())
    }
}

/// Whether a request is a preflight: OPTIONS with the page's origin and the method it wants.
fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    const RULES: CorsRules = CorsRules {
        allowed_origins: CorsAccess {
            methods: "GET, PATCH",
            headers: "Authorization",
            expose: "Location",
        },
        public: Some(PublicPaths {
            contain: |path| path.starts_with("/public/"),
            access: CorsAccess {
                methods: "GET",
                headers: "Range",
                expose: "ETag",
            },
        }),
        service_answers_options: false,
    };

    fn cors(dev: bool, rules: CorsRules) -> Cors {
        let mut settings = config::defaults::<OriginArgs>().unwrap();
        settings.allowed_origins = vec!["https://web.example".parse().unwrap()];
        settings.cors_headers = vec![
            HeaderName::from_static("baggage"),
            HeaderName::from_static("sentry-trace"),
        ];
        settings.dev = dev;
        Cors::new(&settings, rules)
    }

    fn get(path: &str, origin: &str) -> Request<()> {
        Request::get(path).header(ORIGIN, origin).body(()).unwrap()
    }

    fn preflight(path: &str, origin: &str) -> Request<()> {
        let mut request = get(path, origin);
        *request.method_mut() = Method::OPTIONS;
        let method = HeaderValue::from_static("PATCH");
        request
            .headers_mut()
            .insert(ACCESS_CONTROL_REQUEST_METHOD, method);
        request
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
            let headers = cors(dev, RULES).response_headers(&get("/", origin));
            let allowed = headers.get(ACCESS_CONTROL_ALLOW_ORIGIN);
            let expected = expected.then(|| HeaderValue::from_str(origin).unwrap());
            assert_eq!(allowed, expected.as_ref(), "{origin} {dev}");
            assert_eq!(headers[VARY], "origin");
        }
    }

    #[test]
    fn a_preflight_of_an_allowed_origin_grants_methods_and_headers() {
        let cors = cors(false, RULES);
        let request = preflight("/", "https://web.example");
        assert!(cors.answers(&request));
        let headers = cors.response_headers(&request);
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://web.example");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_METHODS], "GET, PATCH");
        let allowed = "Authorization, traceparent, tracestate, baggage, sentry-trace";
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_HEADERS], allowed);
        assert_eq!(headers[VARY], "origin");
    }

    #[test]
    fn a_preflight_of_another_origin_grants_nothing() {
        let request = preflight("/", "https://evil.example");
        let headers = cors(false, RULES).response_headers(&request);
        assert_eq!(headers.len(), 1, "only Vary: {headers:?}");
    }

    #[test]
    fn options_without_an_origin_is_no_preflight() {
        let request = Request::options("/").body(()).unwrap();
        assert!(!cors(false, RULES).answers(&request));
    }

    #[test]
    fn a_service_that_answers_options_gets_its_preflights() {
        let rules = CorsRules {
            service_answers_options: true,
            ..RULES
        };
        let request = preflight("/", "https://web.example");
        assert!(!cors(false, rules).answers(&request));
    }

    #[test]
    fn responses_to_allowed_origins_expose_their_headers() {
        let cors = cors(false, RULES);
        let ours = cors.response_headers(&get("/", "https://web.example"));
        assert_eq!(ours[ACCESS_CONTROL_EXPOSE_HEADERS], "Location");
        let theirs = cors.response_headers(&get("/", "https://evil.example"));
        assert_eq!(theirs.len(), 1, "only Vary: {theirs:?}");
    }

    #[test]
    fn public_paths_are_open_to_every_origin() {
        let cors = cors(false, RULES);
        let headers = cors.response_headers(&get("/public/a", "https://evil.example"));
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(headers[ACCESS_CONTROL_EXPOSE_HEADERS], "ETag");
        assert!(!headers.contains_key(VARY));
        let headers = cors.response_headers(&preflight("/public/a", "https://evil.example"));
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_METHODS], "GET");
        let allowed = "Range, traceparent, tracestate, baggage, sentry-trace";
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_HEADERS], allowed);
    }
}
