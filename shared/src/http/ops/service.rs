//! The routes of the ops listener.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use tower::Service;

use super::health::Checks;
use crate::{
    http::{Body, Problem, full, panics::catch_panic},
    telemetry::Metrics,
};

const OPENMETRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// The service of a binary's ops listener.
#[derive(Debug, Clone)]
pub struct Ops {
    metrics: Metrics,
    checks: Checks,
}

impl Ops {
    /// Serves `metrics` and the results of `checks`.
    pub fn new(metrics: Metrics, checks: Checks) -> Self {
        Self { metrics, checks }
    }

    async fn answer(self, head: Head) -> Response<Body> {
        let Head {
            method,
            path,
            wants_openmetrics,
        } = head;
        let is_known = matches!(path.as_str(), "/metrics" | "/healthz" | "/readyz");
        if !is_known {
            return Problem::new(StatusCode::NOT_FOUND, "not_found").into_response();
        }
        if method != Method::GET && method != Method::HEAD {
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .header(header::ALLOW, HeaderValue::from_static("GET, HEAD"))
                .into_response();
        }
        if let Some(response) = self.checks.answer(&path).await {
            return response;
        }
        self.checks.measure().await;
        metrics(self.metrics, wants_openmetrics).await
    }
}

/// The decisive parts of a request.
struct Head {
    method: Method,
    path: String,
    wants_openmetrics: bool,
}

impl<B> From<&Request<B>> for Head {
    fn from(request: &Request<B>) -> Self {
        let accepted = request.headers().get_all(header::ACCEPT).iter();
        let mut accepted = accepted.filter_map(|value| value.to_str().ok());
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            wants_openmetrics: accepted.any(|value| value.contains("application/openmetrics-text")),
        }
    }
}

impl<B> Service<Request<B>> for Ops {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answer = self.clone().answer(Head::from(&request));
        Box::pin(async { Ok(catch_panic(answer).await) })
    }
}

async fn metrics(metrics: Metrics, wants_openmetrics: bool) -> Response<Body> {
    let encode = move || {
        if wants_openmetrics {
            (OPENMETRICS, metrics.encode())
        } else {
            (PLAIN, metrics.encode_plain())
        }
    };
    let Ok((content_type, Ok(text))) = tokio::task::spawn_blocking(encode).await else {
        tracing::error!("could not encode the metrics");
        return Problem::internal().into_response();
    };
    let mut response = Response::new(full(text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
