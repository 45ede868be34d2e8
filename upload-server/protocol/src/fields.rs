//! Strict parsing of single header values. A header that may occur once and occurs twice is
//! refused, because a proxy may have used either value.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Error;

/// The value of a header that may occur at most once.
pub(crate) fn at_most_one<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a HeaderValue>, Error> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match values.next() {
        Some(_) => Err(Error::Duplicate(name.clone())),
        None => Ok(first),
    }
}

/// A header that counts bytes: digits only, so no sign, fraction or space.
///
/// A number above `u64` is parsed as `u64::MAX`: it is well formed and above every limit, so the
/// check of the limit refuses it.
pub(crate) fn byte_count(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Error> {
    let Some(value) = at_most_one(headers, name)? else {
        return Ok(None);
    };
    parse_byte_count(value.as_bytes())
        .map(Some)
        .ok_or_else(|| Error::Malformed(name.clone()))
}

fn parse_byte_count(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    })
}

/// Whether a `Content-Type` is this media type, regardless of parameters and case.
pub(crate) fn is_media_type(value: &HeaderValue, media_type: &str) -> bool {
    let essence = value
        .as_bytes()
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(media_type.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_byte_count_is_the_number_or_the_largest_there_is(digits in "[0-9]{1,38}") {
            let exact: u128 = digits.parse().unwrap();
            let expected = u64::try_from(exact).unwrap_or(u64::MAX);
            prop_assert_eq!(parse_byte_count(digits.as_bytes()), Some(expected));
        }

        #[test]
        fn anything_but_digits_is_no_byte_count(text in "[0-9]*[^0-9][0-9]*") {
            prop_assert_eq!(parse_byte_count(text.as_bytes()), None);
        }
    }

    #[test]
    fn a_saturated_count_stays_saturated() {
        assert_eq!(parse_byte_count(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(parse_byte_count(b"18446744073709551616"), Some(u64::MAX));
        assert_eq!(parse_byte_count(&[b'9'; 4096]), Some(u64::MAX));
        assert_eq!(parse_byte_count(b""), None);
    }
}
