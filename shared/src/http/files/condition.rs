//! Conditional requests (RFC 9110 section 13) as a pure function.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::Asked;

/// What a representation is known by.
#[derive(Debug, Clone)]
pub struct Validators {
    /// The entity tag with its quotes; strong unless it begins with `W/`.
    pub etag: HeaderValue,
    /// When it last changed; only whole seconds count. None: nobody knows, and conditions by date are
    /// ignored (sections 13.1.3 and 13.1.4).
    pub modified: Option<SystemTime>,
}

impl Validators {
    /// The status that the conditions call for instead of the representation, in the order of
    /// section 13.2.2: 412, 304, or none.
    pub fn judge(&self, method: &Method, headers: &HeaderMap) -> Option<StatusCode> {
        let is_read = method == Method::GET || method == Method::HEAD;
        let wanted = if has(headers, &header::IF_MATCH) {
            self.matches(headers, &header::IF_MATCH, strong)
        } else {
            let date = date(headers, &header::IF_UNMODIFIED_SINCE);
            date.is_none_or(|date| self.modified_second().is_none_or(|at| at <= date))
        };
        if !wanted {
            return Some(StatusCode::PRECONDITION_FAILED);
        }
        if has(headers, &header::IF_NONE_MATCH) {
            let known = self.matches(headers, &header::IF_NONE_MATCH, weak);
            let status = if is_read {
                StatusCode::NOT_MODIFIED
            } else {
                StatusCode::PRECONDITION_FAILED
            };
            return known.then_some(status);
        }
        let date = date(headers, &header::IF_MODIFIED_SINCE).filter(|_| is_read);
        date.is_some_and(|date| self.modified_second().is_some_and(|at| at <= date))
            .then_some(StatusCode::NOT_MODIFIED)
    }

    /// The range to answer: only GET has one, and only while `If-Range` still holds.
    pub fn asked(&self, method: &Method, headers: &HeaderMap, length: u64) -> Asked {
        let range = headers.get(header::RANGE);
        if method != Method::GET || !self.if_range_holds(headers) {
            return Asked::Whole;
        }
        Asked::of(range, length)
    }

    /// `Last-Modified`; never in the future (section 8.8.2.1).
    pub fn last_modified(&self) -> Option<HeaderValue> {
        let modified = self.modified?.min(SystemTime::now());
        HeaderValue::try_from(httpdate::fmt_http_date(modified)).ok()
    }

    fn if_range_holds(&self, headers: &HeaderMap) -> bool {
        let Some(condition) = headers.get(header::IF_RANGE) else {
            return true;
        };
        let Ok(text) = condition.to_str() else {
            return false;
        };
        if text.contains('"') {
            return strong(text.trim(), self.etag());
        }
        httpdate::parse_http_date(text).is_ok_and(|date| self.modified_second() == Some(date))
    }

    fn matches(
        &self,
        headers: &HeaderMap,
        name: &HeaderName,
        same: fn(&str, &str) -> bool,
    ) -> bool {
        let lines = headers
            .get_all(name)
            .iter()
            .filter_map(|line| line.to_str().ok());
        lines
            .flat_map(tags)
            .any(|tag| tag == "*" || same(tag, self.etag()))
    }

    fn etag(&self) -> &str {
        self.etag.to_str().unwrap_or_default()
    }

    fn modified_second(&self) -> Option<SystemTime> {
        let since = self.modified?.duration_since(UNIX_EPOCH);
        let seconds = since.unwrap_or_default().as_secs();
        Some(UNIX_EPOCH + Duration::from_secs(seconds))
    }
}

fn has(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.contains_key(name)
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

/// Our own tags hold no commas, so splitting at them loses none of ours.
fn tags(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(str::trim)
}

fn strong(one: &str, other: &str) -> bool {
    one == other && !one.starts_with("W/")
}

fn weak(one: &str, other: &str) -> bool {
    one.trim_start_matches("W/") == other.trim_start_matches("W/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    type Line = (HeaderName, &'static str);

    fn validators() -> Validators {
        let modified = httpdate::parse_http_date(THEN).unwrap() + Duration::from_millis(700);
        Validators {
            etag: HeaderValue::from_static("\"abc\""),
            modified: Some(modified),
        }
    }

    fn headers(lines: &[Line]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn conditions_are_judged_in_the_order_of_the_standard() {
        use header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
        let cases: [(&[Line], Option<u16>); 13] = [
            (&[], None),
            (&[(IF_NONE_MATCH, "\"abc\"")], Some(304)),
            (&[(IF_NONE_MATCH, "W/\"abc\"")], Some(304)),
            (&[(IF_NONE_MATCH, "\"x\", \"abc\"")], Some(304)),
            (&[(IF_NONE_MATCH, "*")], Some(304)),
            (&[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, THEN)], None),
            (&[(IF_MODIFIED_SINCE, THEN)], Some(304)),
            (&[(IF_MODIFIED_SINCE, BEFORE)], None),
            (&[(IF_MODIFIED_SINCE, "yesterday")], None),
            (&[(IF_MATCH, "\"abc\"")], None),
            (&[(IF_MATCH, "W/\"abc\"")], Some(412)),
            (&[(IF_UNMODIFIED_SINCE, BEFORE)], Some(412)),
            (&[(IF_UNMODIFIED_SINCE, THEN)], None),
        ];
        for (lines, expected) in cases {
            let judged = validators().judge(&Method::GET, &headers(lines));
            assert_eq!(judged.map(|status| status.as_u16()), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_range_counts_for_get_while_if_range_holds() {
        use header::{IF_RANGE, RANGE};
        for (condition, holds) in [
            ("\"abc\"", true),
            ("W/\"abc\"", false),
            ("\"x\"", false),
            (THEN, true),
            (BEFORE, false),
        ] {
            let headers = headers(&[(RANGE, "bytes=0-0"), (IF_RANGE, condition)]);
            let asked = validators().asked(&Method::GET, &headers, 10);
            assert_eq!(asked != Asked::Whole, holds, "{condition}");
            assert_eq!(
                validators().asked(&Method::HEAD, &headers, 10),
                Asked::Whole
            );
        }
    }
}
