//! The steps of the front, in the order in which they run.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use futures_util::future::BoxFuture;
use http::{Method, Request, Response, StatusCode};
use tower::{Service, ServiceExt};
use tracing::{Span, field::Empty};

use super::{
    coding,
    cors::{Cors, CorsRules},
    head::strip_head_body,
    host::Hosts,
    metrics::HttpMetrics,
    operation::Operation,
    path::loggable_path,
    proxies::{ClientIp, Proxies},
    request_id::{RequestId, set_request_id},
    security_headers::set_security_headers,
    trace_context::read_trace_context,
};
use crate::{
    config::OriginArgs,
    http::{Body, Peer, Problem, RequestBody, empty, listen::HttpService, panics::catch_panic},
    telemetry::in_trace,
};

/// Wraps a server's service; the outermost layer inside a [`Listener`](crate::http::Listener).
///
/// The wrapped service finds [`ClientIp`], [`RequestId`] and [`Operation`] in
/// each request's extensions.
#[derive(Debug, Clone)]
pub struct Front<S> {
    service: S,
    steps: Arc<Steps>,
}

#[derive(Debug)]
struct Steps {
    hosts: Hosts,
    proxies: Proxies,
    cors: Cors,
    metrics: HttpMetrics,
}

impl<S> Front<S> {
    /// Puts `service` behind a front with the configured hosts, proxies and allowed origins.
    pub fn new(service: S, settings: &OriginArgs, cors: CorsRules, metrics: HttpMetrics) -> Self {
        let steps = Steps {
            hosts: Hosts::new(settings),
            proxies: Proxies::new(&settings.trusted_proxies),
            cors: Cors::new(settings, cors),
            metrics,
        };
        Self {
            service,
            steps: Arc::new(steps),
        }
    }
}

impl<S: HttpService> Service<Request<RequestBody>> for Front<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The inner service is made ready per request, by `oneshot`.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let (service, steps) = (self.service.clone(), Arc::clone(&self.steps));
        Box::pin(async move { Ok(steps.run(service, request).await) })
    }
}

impl Steps {
    async fn run<S: HttpService>(
        &self,
        service: S,
        mut request: Request<RequestBody>,
    ) -> Response<Body> {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
        let id = self.proxies.request_id(peer, request.headers());
        let client_ip = self.proxies.client_ip(peer, request.headers());
        let operation = Operation::default();
        let extensions = request.extensions_mut();
        extensions.insert(id.clone());
        extensions.insert(operation.clone());
        if let Some(ip) = client_ip {
            extensions.insert(ClientIp(ip));
        }
        let (trace, span) = (read_trace_context(request.headers()), span(&id, &request));
        let running = self.metrics.begin(request.method());
        let is_head = request.method() == Method::HEAD;
        let began = Instant::now();
        let answered = async {
            let mut response = self.dispatch(service, request).await;
            set_request_id(&mut response, &id);
            set_security_headers(response.headers_mut());
            if is_head {
                strip_head_body(&mut response);
            }
            log(response.status(), began);
            running.end(operation.name(), response.status(), began.elapsed());
            response
        };
        in_trace(trace, span, answered).await
    }

    /// The response of the service, with its CORS headers, to a request that names one of our
    /// hosts.
    async fn dispatch<S: HttpService>(
        &self,
        service: S,
        request: Request<RequestBody>,
    ) -> Response<Body> {
        if !self.hosts.admits(&request) {
            return wrong_host().into_response();
        }
        let cors_headers = self.cors.response_headers(&request);
        let mut response = if self.cors.answers(&request) {
            no_content()
        } else if let Some(problem) = coding::refusal(&request) {
            problem.into_response()
        } else {
            catch_panic(async {
                let Ok(response) = service.oneshot(request).await;
                response
            })
            .await
        };
        for (name, value) in &cors_headers {
            response.headers_mut().append(name, value.clone());
        }
        response
    }
}

/// The span of a request, whose fields are in every line that the request logs.
fn span(id: &RequestId, request: &Request<RequestBody>) -> Span {
    tracing::info_span!(
        "request",
        id = id.as_str(),
        method = request.method().as_str(),
        path = %loggable_path(request.uri().path()),
        trace_id = Empty,
        parent_id = Empty,
    )
}

fn wrong_host() -> Problem {
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host")
        .detail("this server does not serve the host that the request names")
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn log(status: StatusCode, began: Instant) {
    let duration_ms = began.elapsed().as_millis();
    let status = status.as_u16();
    if status >= 500 {
        tracing::warn!(status, duration_ms, "response");
    } else {
        tracing::debug!(status, duration_ms, "response");
    }
}
