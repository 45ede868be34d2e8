//! What happens to every request before any route sees it: who asks, under which id, and whether
//! they meant us; and to every answer: the id, the log line, the numbers.

mod caller;
mod guard;
mod host;
mod metrics;
mod operation;
mod path;

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as _;
use hyper::body::Incoming;
use tower::{Service, ServiceExt};
use tracing::Instrument;

pub use self::{
    caller::{ClientIp, RequestId},
    guard::guard,
    host::Hosts,
    metrics::HttpMetrics,
    operation::Operation,
    path::loggable_path,
};
use super::{Body, Peer, Problem, empty, full, listen::HttpService};
use crate::config::OriginArgs;
use caller::Proxies;

/// The header that tells a request's id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps a server's service; the outermost layer inside a [`Listener`](super::Listener).
///
/// The wrapped service finds [`ClientIp`], [`RequestId`] and [`Operation`] in each request's
/// extensions.
#[derive(Debug, Clone)]
pub struct Front<S> {
    service: S,
    rules: Arc<Rules>,
}

#[derive(Debug)]
struct Rules {
    hosts: Hosts,
    proxies: Proxies,
    metrics: HttpMetrics,
}

impl<S> Front<S> {
    /// A front for `service` by the configured hosts and proxies.
    pub fn new(service: S, settings: &OriginArgs, metrics: HttpMetrics) -> Self {
        let hosts = Hosts::new(settings);
        let proxies = Proxies::new(&settings.trusted_proxies);
        Self {
            service,
            rules: Arc::new(Rules {
                hosts,
                proxies,
                metrics,
            }),
        }
    }
}

impl<S: HttpService> Service<Request<Incoming>> for Front<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The inner service is made ready per request, by `oneshot`.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        Box::pin(pass(self.service.clone(), Arc::clone(&self.rules), request))
    }
}

async fn pass<S: HttpService>(
    service: S,
    rules: Arc<Rules>,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let id = rules.proxies.request_id(peer, request.headers());
    if let Some(ip) = rules.proxies.client_ip(peer, request.headers()) {
        request.extensions_mut().insert(ClientIp(ip));
    }
    request.extensions_mut().insert(id.clone());
    let operation = Operation::default();
    request.extensions_mut().insert(operation.clone());
    let span = tracing::info_span!(
        "request",
        id = id.as_str(),
        method = request.method().as_str(),
        path = %loggable_path(request.uri().path()),
    );
    let counted = rules.metrics.begin(request.method());
    let is_head = request.method() == Method::HEAD;
    let began = Instant::now();
    async {
        let mut response = if rules.hosts.admit(&request) {
            let Ok(response) = service.oneshot(request).await;
            response
        } else {
            wrong_host().into_response()
        };
        sign(&mut response, &id);
        guard(response.headers_mut());
        if is_head {
            behead(&mut response);
        }
        log(response.status(), began);
        counted.end(operation.told(), response.status(), began.elapsed());
        Ok(response)
    }
    .instrument(span)
    .await
}

fn wrong_host() -> Problem {
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host")
        .detail("this server does not go by the name in the Host header")
}

/// Puts the request's id into the header and into a problem's body.
fn sign(response: &mut Response<Body>, id: &RequestId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        *response.body_mut() = full(problem.json(Some(id.as_str())));
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
}

/// HEAD gets what GET would say of the body, without it (RFC 9110 section 9.3.2); hyper sees to
/// that in HTTP/1.1 only.
fn behead(response: &mut Response<Body>) {
    let length = response
        .body()
        .size_hint()
        .exact()
        .filter(|length| *length > 0);
    *response.body_mut() = empty();
    if let Some(length) = length {
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
}

fn log(status: StatusCode, began: Instant) {
    let duration_ms = began.elapsed().as_millis();
    let status = status.as_u16();
    if status >= 500 {
        tracing::warn!(status, duration_ms, "answered");
    } else {
        tracing::debug!(status, duration_ms, "answered");
    }
}

#[cfg(test)]
mod tests;
