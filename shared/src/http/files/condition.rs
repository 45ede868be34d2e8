//! Conditional requests (RFC 9110 section 13) as a pure function.

use std::time::SystemTime;

use headers::{
    ETag, HeaderMapExt, IfMatch, IfModifiedSince, IfNoneMatch, IfRange, IfUnmodifiedSince,
    LastModified,
};
use http::{HeaderMap, Method, StatusCode, header};

use super::range::RequestedRange;

/// What identifies a version of a representation.
#[derive(Debug, Clone)]
pub struct Validators {
    /// The entity tag.
    pub etag: ETag,
    /// The time of the last change; only whole seconds count. If it is unknown, conditions by date
    /// are ignored (sections 13.1.3 and 13.1.4).
    pub modified: Option<SystemTime>,
}

impl Validators {
    /// The status that the conditions ask for instead of the representation: 412, 304, or none. The
    /// order is that of section 13.2.2.
    pub fn evaluate(&self, method: &Method, headers: &HeaderMap) -> Option<StatusCode> {
        let is_read = method == Method::GET || method == Method::HEAD;
        let passes = match headers.typed_get::<IfMatch>() {
            Some(condition) => condition.precondition_passes(&self.etag),
            None => self
                .dated::<IfUnmodifiedSince>(headers)
                .is_none_or(|(condition, modified)| condition.precondition_passes(modified)),
        };
        if !passes {
            return Some(StatusCode::PRECONDITION_FAILED);
        }
        if let Some(condition) = headers.typed_get::<IfNoneMatch>() {
            let status = if is_read {
                StatusCode::NOT_MODIFIED
            } else {
                StatusCode::PRECONDITION_FAILED
            };
            return (!condition.precondition_passes(&self.etag)).then_some(status);
        }
        let is_unmodified = self
            .dated::<IfModifiedSince>(headers)
            .is_some_and(|(condition, modified)| !condition.is_modified(modified));
        (is_read && is_unmodified).then_some(StatusCode::NOT_MODIFIED)
    }

    /// The range to send. Only GET has one, and only if `If-Range` matches.
    pub(super) fn requested_range(
        &self,
        method: &Method,
        headers: &HeaderMap,
        length: u64,
    ) -> RequestedRange {
        if method != Method::GET || !self.if_range_matches(headers) {
            return RequestedRange::Whole;
        }
        RequestedRange::parse(headers.get(header::RANGE), length)
    }

    /// `Last-Modified`; never in the future (section 8.8.2.1).
    pub(super) fn last_modified(&self) -> Option<LastModified> {
        Some(self.modified?.min(SystemTime::now()).into())
    }

    /// Whether there is no `If-Range` or it names this version. `IfRange::is_modified` takes any
    /// later date for a match; section 13.1.5 wants the exact one.
    fn if_range_matches(&self, headers: &HeaderMap) -> bool {
        match headers.typed_try_get::<IfRange>() {
            Ok(None) => true,
            Ok(Some(condition)) => {
                let is_date = |modified| condition == IfRange::date(modified);
                !condition.is_modified(Some(&self.etag), None) || self.modified.is_some_and(is_date)
            }
            Err(_) => false,
        }
    }

    /// A condition by date, with the date to compare it with, if there are both.
    fn dated<H: headers::Header>(&self, headers: &HeaderMap) -> Option<(H, SystemTime)> {
        headers.typed_get::<H>().zip(self.modified)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderName;

    use super::*;

    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const THEN_UNIX: Duration = Duration::from_millis(784_111_777_700);

    type Line = (HeaderName, &'static str);

    fn validators() -> Validators {
        Validators {
            etag: "\"abc\"".parse().unwrap(),
            modified: Some(SystemTime::UNIX_EPOCH + THEN_UNIX),
        }
    }

    fn headers(lines: &[Line]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn conditions_are_evaluated_in_the_order_of_the_standard() {
        use header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
        let cases: [(&[Line], Option<u16>); 15] = [
            (&[], None),
            (&[(IF_NONE_MATCH, "\"abc\"")], Some(304)),
            (&[(IF_NONE_MATCH, "W/\"abc\"")], Some(304)),
            (&[(IF_NONE_MATCH, "\"x\", \"abc\"")], Some(304)),
            (&[(IF_NONE_MATCH, "*")], Some(304)),
            (&[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, THEN)], None),
            (
                &[(IF_NONE_MATCH, "no tag"), (IF_MODIFIED_SINCE, THEN)],
                None,
            ),
            (&[(IF_MODIFIED_SINCE, THEN)], Some(304)),
            (&[(IF_MODIFIED_SINCE, BEFORE)], None),
            (&[(IF_MODIFIED_SINCE, "yesterday")], None),
            (&[(IF_MATCH, "\"abc\"")], None),
            (&[(IF_MATCH, "W/\"abc\"")], Some(412)),
            (&[(IF_MATCH, "no tag")], Some(412)),
            (&[(IF_UNMODIFIED_SINCE, BEFORE)], Some(412)),
            (&[(IF_UNMODIFIED_SINCE, THEN)], None),
        ];
        for (lines, expected) in cases {
            let status = validators().evaluate(&Method::GET, &headers(lines));
            assert_eq!(status.map(|status| status.as_u16()), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_range_counts_for_get_while_if_range_matches() {
        use header::{IF_RANGE, RANGE};
        for (condition, matches) in [
            ("\"abc\"", true),
            ("W/\"abc\"", false),
            ("\"x\"", false),
            ("no tag", false),
            (THEN, true),
            (BEFORE, false),
            (AFTER, false),
        ] {
            let headers = headers(&[(RANGE, "bytes=0-0"), (IF_RANGE, condition)]);
            let requested = |method| validators().requested_range(&method, &headers, 10);
            let is_part = requested(Method::GET) != RequestedRange::Whole;
            assert_eq!(is_part, matches, "{condition}");
            assert_eq!(requested(Method::HEAD), RequestedRange::Whole);
        }
    }
}
