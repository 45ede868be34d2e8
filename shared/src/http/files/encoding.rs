//! Which precompressed sibling a client takes (RFC 9110 section 12.5.3).

use http::{HeaderMap, HeaderValue, header};

/// A compression made ahead of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli, in `<file>.br`.
    Brotli,
    /// gzip, in `<file>.gz`.
    Gzip,
}

impl Encoding {
    /// As `Content-Encoding` wants it.
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.token())
    }

    /// What the sibling's name ends in.
    pub fn extension(self) -> &'static str {
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

    /// Those that the request takes, the smaller one first: with prebuilt files the client's
    /// order of preference matters less than the size.
    pub fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
        let text: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        let text = text.join(",").to_ascii_lowercase();
        [Self::Brotli, Self::Gzip]
            .into_iter()
            .filter(move |encoding| takes(&text, encoding.token()))
    }
}

/// Whether `token`, or else `*`, is there with a weight above zero.
fn takes(accepted: &str, token: &str) -> bool {
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
