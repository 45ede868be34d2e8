//! The outermost service of both servers: what every request passes before it reaches a handler and
//! what is added to every response.
//!
//! The steps, in order: client address, request id and trace, host check, CORS preflight, the
//! coding of the body, the server's own service with its panics caught, CORS headers, request id in
//! the response, security headers, HEAD without a body, the log line and the metrics.

mod coding;
mod cors;
mod head;
mod host;
mod metrics;
mod operation;
mod path;
mod proxies;
mod request_id;
mod security_headers;
mod service;
#[cfg(test)]
mod tests;
mod trace_context;

pub use cors::{CorsAccess, CorsRules, PublicPaths};
pub use metrics::HttpMetrics;
pub use operation::Operation;
pub use proxies::ClientIp;
pub use request_id::{RequestId, X_REQUEST_ID};
pub use service::Front;
