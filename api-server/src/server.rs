//! One service over hyper for everything that this server answers: media files and the web client
//! as files, the rest through warp.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use shared::config::{HttpArgs, OriginArgs};
use shared::http::listen::HttpService;
use shared::http::{
    Body, Checks, Cors, CorsRules, Front, HttpMetrics, Operation, PacedBody, Problem, empty,
};

use crate::app::App;
use crate::deadline::{self, Watched};
use crate::docs::Docs;
use crate::jwks;
use crate::media;
use crate::routes::{self, Api};
use crate::web::WebClient;

/// What pages of other origins may do, where they are allowed.
const CORS: CorsRules = CorsRules {
    methods: "GET, HEAD, POST, PUT, PATCH, DELETE",
    headers: "Authorization, Content-Type, Idempotency-Key, If-None-Match, Range",
    expose: "Location, Link, ETag, Retry-After, X-Request-Id, Content-Range, Accept-Ranges, \
             RateLimit, RateLimit-Policy, Idempotent-Replayed",
};

/// What pages of any origin may do with what anyone may see.
const PUBLIC_CORS: CorsRules = CorsRules {
    methods: "GET, HEAD",
    headers: "Range, If-Range, If-Match, If-None-Match, If-Modified-Since",
    expose: "",
};

/// Everything that a request may be handed to.
struct Server {
    app: Arc<App>,
    api: Api,
    docs: Docs,
    web: WebClient,
    checks: Checks,
    cors: Cors,
    http: HttpArgs,
    request_timeout: Duration,
}

/// What the service is made of, beside the application.
pub struct Parts {
    pub web: WebClient,
    pub checks: Checks,
    pub origins: OriginArgs,
    pub http: HttpArgs,
    pub request_timeout: Duration,
    pub metrics: HttpMetrics,
}

/// The service to listen with.
pub fn service(app: Arc<App>, parts: Parts) -> impl HttpService {
    let server = Arc::new(Server {
        api: Api::new(&app),
        docs: Docs::new(&routes::all(&app)),
        app,
        web: parts.web,
        checks: parts.checks,
        cors: Cors::new(&parts.origins, CORS),
        http: parts.http,
        request_timeout: parts.request_timeout,
    });
    let service = tower::service_fn(move |request| {
        let server = Arc::clone(&server);
        // Nothing that a panic could leave half done is shared between requests: a transaction is
        // rolled back, and the caches' locks see to themselves.
        AssertUnwindSafe(async move { server.answer(request).await })
            .catch_unwind()
            .map(|answer| Ok::<_, Infallible>(answer.unwrap_or_else(panicked)))
    });
    Front::new(service, &parts.origins, parts.metrics)
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        if let Some(response) = self.preflight(&request) {
            return response;
        }
        let headers = request.headers().clone();
        let is_head = request.method() == Method::HEAD;
        let is_public = media::is_public(request.uri().path());
        let request = request.map(|body| PacedBody::new(body, &self.http));
        let (request, watcher) = deadline::watch_body(request);
        let answer = self.dispatch(request);
        let mut response = deadline::answer_within(self.request_timeout, watcher, answer).await;
        if !is_public {
            self.cors.decorate(&headers, response.headers_mut());
        }
        if is_head {
            without_body(response)
        } else {
            response
        }
    }

    /// What is public may be read by pages of any origin, so that players can ask for parts of it and
    /// whether it has changed.
    fn preflight<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        if media::is_public(request.uri().path()) {
            return Cors::preflight_of_anyone(request, PUBLIC_CORS);
        }
        self.cors.preflight(request)
    }

    async fn dispatch(&self, request: Request<Watched<PacedBody<Incoming>>>) -> Response<Body> {
        let path = request.uri().path();
        name(&request);
        if let Some(response) = self.checks.answer(path).await {
            return response;
        }
        if path.starts_with("/api/") {
            return self.api.call(request).await;
        }
        if path == jwks::PATH {
            return jwks::serve(&self.app, &request).await;
        }
        if let Some(response) = self.docs.answer(&request) {
            return response;
        }
        if path.starts_with("/media/") {
            return media::serve_file(&self.app, &request).await;
        }
        self.web.serve(&request).await
    }
}

/// What is none of the API's operations is counted under these names.
fn name<B>(request: &Request<B>) {
    let Some(operation) = request.extensions().get::<Operation>() else {
        return;
    };
    match request.uri().path() {
        path if path.starts_with("/api/") => {}
        path if path.starts_with("/media/") => operation.name("get_media_file"),
        "/healthz" | "/readyz" => operation.name("get_health"),
        jwks::PATH => operation.name("get_jwks"),
        _ => operation.name("get_web_file"),
    }
}

/// The panic itself was logged and counted where it happened.
fn panicked(_: Box<dyn Any + Send>) -> Response<Body> {
    Problem::internal().into_response()
}

/// The answer to HEAD: as to GET, length and all, but for the body (RFC 9110, section 9.3.2).
fn without_body(mut response: Response<Body>) -> Response<Body> {
    // The front would write a problem's body anew.
    response.extensions_mut().remove::<Problem>();
    if let Some(length) = response
        .body()
        .size_hint()
        .exact()
        .filter(|length| *length > 0)
    {
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = empty();
    response
}

#[cfg(all(test, feature = "testing"))]
mod tests;
