//! Which precompressed variants a client accepts (RFC 9110 section 12.5.3).

use http::{HeaderMap, HeaderValue, header};

/// The encoding of a precompressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Brotli, in `<file>.br`.
    Brotli,
    /// gzip, in `<file>.gz`.
    Gzip,
}

impl Encoding {
    /// The value of `Content-Encoding`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.token())
    }

    /// The extension that the file's name has in addition.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The encodings that the request accepts, the smaller one first: for prebuilt files the size
    /// matters more than the client's order of preference.
    pub(super) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
        let text: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        let text = text.join(",").to_ascii_lowercase();
        [Self::Brotli, Self::Gzip]
            .into_iter()
            .filter(move |encoding| accepts(&text, encoding.token()))
    }
}

/// Whether `accepted` lists `token`, or else `*`, with a weight above zero.
fn accepts(accepted: &str, token: &str) -> bool {
    let weight = |wanted: &str| {
        accepted.split(',').find_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let is_it = parts.next() == Some(wanted);
            let refused = parts.any(|part| {
                let q = part.strip_prefix("q=").map(str::trim);
                q.is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
            });
            is_it.then_some(!refused)
        })
    };
    weight(token).or_else(|| weight("*")).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_accepted_one_comes_first() {
        use Encoding::{Brotli, Gzip};
        let cases: [(&str, &[Encoding]); 8] = [
            ("", &[]),
            ("gzip, deflate, br, zstd", &[Brotli, Gzip]),
            ("GZIP", &[Gzip]),
            ("gzip;q=1, br;q=0", &[Gzip]),
            ("br;q=0.5", &[Brotli]),
            ("*", &[Brotli, Gzip]),
            ("*;q=0, gzip", &[Gzip]),
            ("identity", &[]),
        ];
        for (accepted, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            assert_eq!(
                Encoding::accepted(&headers).collect::<Vec<_>>(),
                expected,
                "{accepted}"
            );
        }
        assert_eq!(Encoding::accepted(&HeaderMap::new()).count(), 0);
    }
}
