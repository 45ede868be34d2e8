//! Byte ranges (RFC 9110 section 14) as a pure function.

use http::{HeaderValue, header};

/// Bytes `start` up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u64,
    /// Offset behind the last byte.
    pub end: u64,
}

/// What a `Range` header comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// No range, several, or nothing we understand: everything.
    Whole,
    /// One range.
    Part(Span),
    /// One range that lies behind the end: 416.
    Outside,
}

impl Span {
    /// Length in bytes.
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// `Content-Range` of a 206.
    pub fn content_range(self, length: u64) -> HeaderValue {
        header_value(format!(
            "bytes {}-{}/{length}",
            self.start,
            self.end.saturating_sub(1)
        ))
    }
}

impl Asked {
    /// Reads `range` for a representation of `length` bytes.
    pub fn of(range: Option<&HeaderValue>, length: u64) -> Self {
        let spec = range
            .and_then(|range| range.to_str().ok())
            .and_then(|range| range.split_once('='))
            .filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"))
            .map(|(_, spec)| spec.trim())
            .filter(|spec| !spec.contains(','));
        spec.and_then(|spec| one(spec, length))
            .unwrap_or(Self::Whole)
    }

    /// `Content-Range` of a 416.
    pub fn outside_of(length: u64) -> (header::HeaderName, HeaderValue) {
        (
            header::CONTENT_RANGE,
            header_value(format!("bytes */{length}")),
        )
    }
}

/// `first-last`, `first-` or `-suffix`; `None` when it is none of them.
fn one(spec: &str, length: u64) -> Option<Asked> {
    let (first, last) = spec.split_once('-')?;
    let span = if first.is_empty() {
        let suffix = number(last)?;
        if suffix == 0 {
            return Some(Asked::Outside);
        }
        Span {
            start: length.saturating_sub(suffix),
            end: length,
        }
    } else {
        let start = number(first)?;
        let end = if last.is_empty() {
            length
        } else {
            number(last)?.saturating_add(1)
        };
        if end <= start && !last.is_empty() {
            return None;
        }
        if start >= length {
            return Some(Asked::Outside);
        }
        Span {
            start,
            end: end.min(length),
        }
    };
    // The last bytes of nothing are nothing, which a 206 cannot say.
    Some(if span.is_empty() {
        Asked::Whole
    } else {
        Asked::Part(span)
    })
}

/// Digits only; more than 64 bits hold is as good as the largest number.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

fn header_value(text: String) -> HeaderValue {
    // Digits and punctuation are always a header value.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("bytes */*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: u64, end: u64) -> Asked {
        Asked::Part(Span { start, end })
    }

    #[test]
    fn ranges_of_ten_bytes() {
        for (range, expected) in [
            ("bytes=0-", part(0, 10)),
            ("bytes=0-0", part(0, 1)),
            ("bytes=2-5", part(2, 6)),
            ("BYTES = 2-5", part(2, 6)),
            ("bytes=5-99", part(5, 10)),
            ("bytes=9-99999999999999999999999", part(9, 10)),
            ("bytes=-3", part(7, 10)),
            ("bytes=-30", part(0, 10)),
            ("bytes=10-", Asked::Outside),
            ("bytes=99999999999999999999999-", Asked::Outside),
            ("bytes=-0", Asked::Outside),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("seconds=0-1", Asked::Whole),
            ("0-1", Asked::Whole),
        ] {
            let header = HeaderValue::from_static(range);
            assert_eq!(Asked::of(Some(&header), 10), expected, "{range}");
        }
        assert_eq!(Asked::of(None, 10), Asked::Whole);
    }

    #[test]
    fn of_an_empty_file_there_is_only_the_whole() {
        for (range, expected) in [("bytes=0-", Asked::Outside), ("bytes=-5", Asked::Whole)] {
            assert_eq!(
                Asked::of(Some(&HeaderValue::from_static(range)), 0),
                expected,
                "{range}"
            );
        }
    }

    #[test]
    fn content_range_counts_inclusively() {
        assert_eq!(Span { start: 2, end: 6 }.content_range(10), "bytes 2-5/10");
        assert_eq!(Asked::outside_of(10).1, "bytes */10");
    }
}
