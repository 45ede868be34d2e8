//! `traceparent` (W3C Trace Context): the place of a request in a client's trace.

use http::{HeaderMap, HeaderName};

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The length of a `traceparent` of version 00. A later version may be longer.
const LENGTH: usize = 55;

/// The trace of a request, which the log shows with each line of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TraceContext {
    pub(super) trace_id: u128,
    /// The span that sent the request.
    pub(super) parent_id: u64,
}

impl TraceContext {
    /// The context if there is exactly one valid header. The specification requires that any other
    /// is ignored (sections 3.2 and 4.3).
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(TRACEPARENT).iter();
        let line = lines.next()?.to_str().ok()?;
        if lines.next().is_some() {
            return None;
        }
        Self::parse(line)
    }

    /// Parses `version-trace_id-parent_id-flags`, all in lower-case hexadecimal.
    fn parse(text: &str) -> Option<Self> {
        let (known, further) = text.split_at_checked(LENGTH)?;
        let mut parts = known.split('-');
        let mut next = |digits| hexadecimal(parts.next()?, digits);
        let (version, trace_id) = (next(2)?, next(32)?);
        let (parent_id, _flags) = (next(16)?, next(2)?);
        let may_be_longer = version != 0 && further.starts_with('-');
        let is_valid = version != 0xff && (further.is_empty() || may_be_longer);
        (is_valid && trace_id != 0 && parent_id != 0).then_some(Self {
            trace_id,
            parent_id: u64::try_from(parent_id).ok()?,
        })
    }
}

fn hexadecimal(text: &str, digits: usize) -> Option<u128> {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_number = text.len() == digits && text.bytes().all(is_digit);
    is_number.then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_valid_header_gives_the_trace_and_the_parent() {
        let later = format!("{}-what-follows", VALID.replacen("00", "cc", 1));
        for text in [VALID, &later] {
            let context = TraceContext::parse(text).unwrap();
            assert_eq!(context.trace_id, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
            assert_eq!(context.parent_id, 0x00f0_67aa_0ba9_02b7);
        }
    }

    #[test]
    fn a_header_that_is_not_exactly_valid_is_ignored() {
        for text in [
            "",
            "00",
            &VALID[..54],
            &format!("{VALID}0"),
            &format!("{VALID}-01"),
            &format!(" {VALID}"),
            &VALID.replacen("00", "ff", 1),
            &VALID.replacen("00", "0", 1),
            &VALID.replace('b', "B"),
            &VALID.replace('b', "g"),
            &VALID.replace('-', "_"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0ä",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceContext::parse(text), None, "{text:?}");
        }
        let twice = [(TRACEPARENT, VALID), (TRACEPARENT, VALID)];
        let twice = twice.map(|(name, value)| (name, value.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in twice {
            headers.append(name, value);
        }
        assert_eq!(TraceContext::read(&headers), None);
    }
}
