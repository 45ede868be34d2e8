//! Byte ranges (RFC 9110 section 14) as a pure function.

use std::ops::RangeInclusive;

use http::HeaderValue;
use http_range_header::{RangeUnsatisfiableError, parse_range_header};

/// What a `Range` header asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RequestedRange {
    /// Everything: there is no range, there are several, or the header cannot be parsed.
    Whole,
    /// One range, by its first and last byte.
    Part(RangeInclusive<u64>),
    /// One range that starts beyond the end: 416.
    Unsatisfiable,
}

impl RequestedRange {
    /// Reads `range` for a representation of `length` bytes.
    pub(super) fn parse(range: Option<&HeaderValue>, length: u64) -> Self {
        let parsed = range
            .and_then(|range| range.to_str().ok())
            .and_then(|range| parse_range_header(range).ok())
            .filter(|ranges| ranges.len() == 1);
        match parsed.map(|ranges| ranges.validate(length)) {
            Some(Ok(ranges)) => ranges.into_iter().next().map_or(Self::Whole, Self::Part),
            Some(Err(RangeUnsatisfiableError::Unsatisfiable)) => Self::Unsatisfiable,
            Some(Err(_)) | None => Self::Whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestedRange::*, *};

    #[test]
    fn ranges_of_ten_bytes() {
        for (range, expected) in [
            ("bytes=0-", Part(0..=9)),
            ("bytes=0-0", Part(0..=0)),
            ("bytes=2-5", Part(2..=5)),
            ("BYTES=2-5", Part(2..=5)),
            ("bytes=5-99", Part(5..=9)),
            ("bytes=9-99999999999999999999999", Part(9..=9)),
            ("bytes=-3", Part(7..=9)),
            ("bytes=-30", Part(0..=9)),
            ("bytes=10-", Unsatisfiable),
            ("bytes=99999999999999999999999-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=5-2", Whole),
            ("bytes=0-1,3-4", Whole),
            ("bytes=10-11,12-13", Whole),
            ("bytes=", Whole),
            ("bytes=-", Whole),
            ("bytes=a-b", Whole),
            ("bytes=+1-2", Whole),
            ("seconds=0-1", Whole),
            ("0-1", Whole),
        ] {
            let header = HeaderValue::from_static(range);
            assert_eq!(
                RequestedRange::parse(Some(&header), 10),
                expected,
                "{range}"
            );
        }
        assert_eq!(RequestedRange::parse(None, 10), Whole);
    }

    #[test]
    fn an_empty_file_has_no_part() {
        for (range, expected) in [("bytes=0-", Unsatisfiable), ("bytes=-5", Whole)] {
            let header = HeaderValue::from_static(range);
            assert_eq!(RequestedRange::parse(Some(&header), 0), expected, "{range}");
        }
    }
}
