//! Percent-encoding of paths and queries (RFC 3986, section 2.1), read strictly: a broken escape
//! or broken UTF-8 is an error and never passed on.

/// Decodes the escapes of a path's segment. None where an escape or the UTF-8 is broken.
pub fn decode_segment(text: &str) -> Option<String> {
    decode(text.bytes())
}

/// The pairs of a query, `+` read as a space (HTML's form encoding).
pub fn decode_query(query: &str) -> Option<Vec<(String, String)>> {
    let plus_is_space = |byte| if byte == b'+' { b' ' } else { byte };
    let decoded = |text: &str| decode(text.bytes().map(plus_is_space));
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .collect()
}

/// The pairs as a query, each followed by `&`.
pub fn encode_query(pairs: &[(String, String)]) -> String {
    let encoded = pairs.iter().flat_map(|(name, value)| {
        let (name, value) = (name.bytes(), value.bytes());
        let name = name.flat_map(encode_byte).chain(['=']);
        name.chain(value.flat_map(encode_byte)).chain(['&'])
    });
    encoded.collect()
}

/// Unreserved characters as they are, anything else as an escape (RFC 3986, section 2.3).
fn encode_byte(byte: u8) -> Vec<char> {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            vec![char::from(byte)]
        }
        _ => format!("%{byte:02X}").chars().collect(),
    }
}

fn decode(mut bytes: impl Iterator<Item = u8>) -> Option<String> {
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => 16 * hex_value(bytes.next()?)? + hex_value(bytes.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_queries_are_decoded_each_in_their_way() {
        assert_eq!(decode_segment("a+b%2B%C3%BC").as_deref(), Some("a+b+ü"));
        let pairs = decode_query("q=a+b%2B&limit=5&flag&").unwrap();
        let expected = [("q", "a b+"), ("limit", "5"), ("flag", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected);
    }

    #[test]
    fn broken_escapes_and_broken_utf_8_are_refused() {
        for text in ["%", "%2", "%zz", "%+1", "%ff", "a%C3"] {
            assert_eq!(decode_segment(text), None, "{text}");
            assert_eq!(decode_query(text), None, "{text}");
        }
    }
}
