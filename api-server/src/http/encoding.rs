//! Percent-encoding of paths and queries (RFC 3986, section 2.1). Decoding is strict: a broken
//! escape or invalid UTF-8 is an error, which the crates alone keep or replace.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Decodes one segment of a path. `None` for a broken escape or invalid UTF-8.
pub fn decode_segment(text: &str) -> Option<String> {
    let mut after_percents = text.split('%').skip(1).map(str::as_bytes);
    let is_escape = |after: &[u8]| matches!(after, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
    if !after_percents.all(is_escape) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The pairs of a query in HTML's form encoding, where `+` is a space. `None` as above.
pub fn decode_query(query: &str) -> Option<Vec<(String, String)>> {
    // The separators are ASCII, so each part is valid if the whole query is.
    decode_segment(query)?;
    let pairs = form_urlencoded::parse(query.as_bytes());
    Some(pairs.into_owned().collect())
}

/// The pairs as a query, each followed by `&`.
pub fn encode_query(pairs: &[(String, String)]) -> String {
    let encode = |text| utf8_percent_encode(text, RESERVED);
    let encoded = pairs
        .iter()
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)));
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_queries_are_decoded_each_in_their_way() {
        assert_eq!(decode_segment("a+b%2B%C3%bc").as_deref(), Some("a+b+ü"));
        let pairs = decode_query("q=a+b%2B&limit=5&flag&").unwrap();
        let expected = [("q", "a b+"), ("limit", "5"), ("flag", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_is_encoded_is_decoded_to_the_same() {
        let pairs = [("a&b=", "c d+é%"), ("~", "-._~*")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let query = encode_query(&pairs);
        assert_eq!(query, "a%26b%3D=c%20d%2B%C3%A9%25&~=-._~%2A&");
        assert_eq!(decode_query(&query).unwrap(), pairs);
    }

    #[test]
    fn broken_escapes_and_broken_utf_8_are_refused() {
        for text in [
            "%", "%2", "%zz", "%+1", "%ff", "a%C3", "a%C3&b", "%C3=%BC", "%%20", "x%2%20",
        ] {
            assert_eq!(decode_segment(text), None, "{text}");
            assert_eq!(decode_query(text), None, "{text}");
        }
    }
}
