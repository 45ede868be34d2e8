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

    async fn answer(self, method: Method, path: String) -> Response<Body> {
        let is_known = matches!(path.as_str(), "/metrics" | "/healthz" | "/readyz");
        if !is_known {
            return Problem::new(StatusCode::NOT_FOUND, "not_found").into_response();
        }
        if method != Method::GET && method != Method::HEAD {
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .header(header::ALLOW, HeaderValue::from_static("GET, HEAD"))
                .into_response();
        }
        match self.checks.answer(&path).await {
            Some(response) => response,
            None => metrics(self.metrics).await,
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
        let answer = self
            .clone()
            .answer(request.method().clone(), request.uri().path().to_owned());
        Box::pin(async { Ok(catch_panic(answer).await) })
    }
}

async fn metrics(metrics: Metrics) -> Response<Body> {
    let Ok(Ok(text)) = tokio::task::spawn_blocking(move || metrics.encode()).await else {
        tracing::error!("could not encode the metrics");
        return Problem::internal().into_response();
    };
    let mut response = Response::new(full(text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, OPENMETRICS);
    response
}
