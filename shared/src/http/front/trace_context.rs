//! `traceparent` (W3C Trace Context): the place of a request in a client's trace.

use http::{HeaderMap, HeaderName};

use crate::telemetry::TraceContext;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The context if there is exactly one valid header. The specification requires that any other is
/// ignored (sections 3.2 and 4.3).
pub(super) fn read_trace_context(headers: &HeaderMap) -> Option<TraceContext> {
    let mut lines = headers.get_all(TRACEPARENT).iter();
    let line = lines.next()?.to_str().ok()?;
    if lines.next().is_some() {
        return None;
    }
    line.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_headers_none_is_used() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, valid.parse().unwrap());
        let context = read_trace_context(&headers).unwrap();
        assert_eq!(context.to_string(), valid);
        headers.append(TRACEPARENT, valid.parse().unwrap());
        assert_eq!(read_trace_context(&headers), None);
    }
}
