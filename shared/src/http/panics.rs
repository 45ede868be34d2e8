//! Panics of request handlers.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use http::Response;

use super::{Body, Problem};

/// Awaits `response`; a panic becomes a 500 problem. The panic hook
/// ([`telemetry::init`](crate::telemetry::init)) has logged and counted it by then.
///
/// The state that requests share must survive a panic at any await: transactions roll back when
/// they are dropped, and locks recover from poisoning.
pub(super) async fn catch_panic(response: impl Future<Output = Response<Body>>) -> Response<Body> {
    AssertUnwindSafe(response)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Problem::internal().into_response())
}
