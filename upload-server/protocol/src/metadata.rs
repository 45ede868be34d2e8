//! `Upload-Metadata` (tus 1.0, creation): comma-separated pairs of a key and a base64 value.
//!
//! The text is kept as sent, so that HEAD returns it byte for byte and in order. The values are
//! bytes; the reader decides whether they must be text.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::HeaderValue;

/// The specification requires padding, but some clients omit it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The parsed metadata of one upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    text: String,
    pairs: Vec<(String, Vec<u8>)>,
}

/// Why an `Upload-Metadata` is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The header is not UTF-8. (Values may contain any bytes, because they are base64.)
    #[error("is not UTF-8")]
    NotText,
    /// A pair without a key.
    #[error("has a value without a key")]
    EmptyKey,
    /// A key that occurs twice.
    #[error("has the same key twice")]
    DuplicateKey,
    /// A value that is not base64.
    #[error("has a value that is not base64")]
    NotBase64,
}

impl Metadata {
    /// Parses the header lines; several lines form one list.
    ///
    /// # Errors
    /// The first error, see [`MetadataError`].
    pub fn parse<'a>(
        lines: impl IntoIterator<Item = &'a HeaderValue>,
    ) -> Result<Self, MetadataError> {
        let lines: Vec<&str> = lines
            .into_iter()
            .map(|line| str::from_utf8(line.as_bytes()).map_err(|_| MetadataError::NotText))
            .collect::<Result<_, _>>()?;
        let text = lines.join(",").trim_matches([' ', '\t']).to_owned();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut pairs = Vec::new();
        for pair in text.split(',') {
            let (key, value) = parse_pair(pair)?;
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(MetadataError::DuplicateKey);
            }
            pairs.push((key, value));
        }
        Ok(Self { text, pairs })
    }

    /// The text as sent, for HEAD; empty if there is none.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of a key's value; empty for a key without a value, `None` if the key is missing.
    pub fn bytes(&self, key: &str) -> Option<&[u8]> {
        self.pairs
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_slice())
    }

    /// A key's value if it is UTF-8 without NUL, trimmed; `None` if the key or the value is missing
    /// or the value is not text.
    pub fn text(&self, key: &str) -> Option<&str> {
        let text = str::from_utf8(self.bytes(key)?).ok()?.trim();
        (!text.is_empty() && !text.contains('\0')).then_some(text)
    }
}

fn parse_pair(pair: &str) -> Result<(String, Vec<u8>), MetadataError> {
    let pair = pair.trim_matches([' ', '\t']);
    let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
    if key.is_empty() {
        return Err(MetadataError::EmptyKey);
    }
    let value = BASE64
        .decode(value.trim_start())
        .map_err(|_| MetadataError::NotBase64)?;
    Ok((key.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &[u8]) -> Result<Metadata, MetadataError> {
        Metadata::parse([&HeaderValue::from_bytes(text).unwrap()])
    }

    #[test]
    fn empty_values_missing_values_and_order_survive() {
        let sent = "filename d29ybGQ=,is_secret,empty ,zz AAE=,a YQ";
        let metadata = parse(sent.as_bytes()).unwrap();
        assert_eq!(metadata.as_str(), sent);
        assert_eq!(metadata.text("filename"), Some("world"));
        assert_eq!(metadata.bytes("is_secret"), Some(&[][..]));
        assert_eq!(metadata.bytes("empty"), Some(&[][..]));
        assert_eq!(metadata.text("empty"), None);
        assert_eq!(metadata.text("zz"), None, "NUL is no text");
        assert_eq!(metadata.bytes("zz"), Some(&[0, 1][..]));
        assert_eq!(metadata.bytes("a"), Some(&b"a"[..]));
        assert_eq!(metadata.bytes("b"), None);
    }

    #[test]
    fn faults_are_told_apart() {
        let table: [(&[u8], MetadataError); 7] = [
            (b"a YQ==,,b YQ==", MetadataError::EmptyKey),
            (b"a YQ==,", MetadataError::EmptyKey),
            (b"a YQ==,a Yg==", MetadataError::DuplicateKey),
            (b"a,a", MetadataError::DuplicateKey),
            (b"a !!", MetadataError::NotBase64),
            (b"a YQ== YQ==", MetadataError::NotBase64),
            (b"\xff YQ==", MetadataError::NotText),
        ];
        for (sent, expected) in table {
            assert_eq!(parse(sent), Err(expected), "{}", sent.escape_ascii());
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = ["a YQ==", "b Yg=="].map(HeaderValue::from_static);
        assert_eq!(Metadata::parse(&lines).unwrap().as_str(), "a YQ==,b Yg==");
        assert_eq!(Metadata::parse([]).unwrap(), Metadata::default());
        assert_eq!(parse(b"").unwrap(), Metadata::default());
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_as_they_were(values in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..40), 1..6)) {
            let sent: Vec<String> = values
                .iter()
                .enumerate()
                .map(|(index, value)| format!("key{index} {}", BASE64.encode(value)))
                .collect();
            let metadata = parse(sent.join(",").as_bytes()).unwrap();
            for (index, value) in values.iter().enumerate() {
                prop_assert_eq!(metadata.bytes(&format!("key{index}")), Some(value.as_slice()));
            }
        }

        #[test]
        fn no_text_makes_the_parser_fall_over(bytes in proptest::collection::vec(32_u8..=255, 0..80)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let _ = Metadata::parse([&value]);
            }
        }
    }
}
