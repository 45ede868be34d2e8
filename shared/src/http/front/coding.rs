//! Refuses bodies whose coding the servers do not decode, before a service reads them.

use http::{
    HeaderMap, HeaderName, HeaderValue, Request, StatusCode,
    header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, TRANSFER_ENCODING},
};
use http_body::Body;

use crate::http::Problem;

/// The refusal of a request whose body is not sent plainly; `None` if it is, or if there is no
/// body.
pub(super) fn refusal<B: Body>(request: &Request<B>) -> Option<Problem> {
    if !is_framed(request.headers()) {
        // Where the body ends is in doubt, so nothing may follow it.
        let problem = Problem::new(StatusCode::BAD_REQUEST, "unsupported_transfer_coding")
            .detail("the only transfer coding is chunked, once")
            .header(CONNECTION, HeaderValue::from_static("close"));
        return Some(problem);
    }
    let is_plain = codings(request.headers(), &CONTENT_ENCODING)
        .all(|coding| coding.eq_ignore_ascii_case("identity"));
    (!is_plain && !request.body().is_end_stream()).then(|| {
        // RFC 9110 section 15.5.16.
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            .detail("the body must not be compressed")
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    })
}

/// Whether `Transfer-Encoding` is missing or exactly `chunked` (RFC 9112 section 6.1). hyper looks
/// at the last coding only, and would pass on a body that is still compressed.
fn is_framed(headers: &HeaderMap) -> bool {
    let mut codings = codings(headers, &TRANSFER_ENCODING);
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(only), None) => only.eq_ignore_ascii_case("chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// The members of a list header. A value that is not text counts as one coding.
fn codings<'a>(headers: &'a HeaderMap, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter();
    let members = lines.flat_map(|line| line.to_str().unwrap_or("unreadable").split(','));
    members.map(str::trim).filter(|coding| !coding.is_empty())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::Full;

    use super::*;

    fn code(name: &HeaderName, values: &[&str]) -> Option<&'static str> {
        let mut request = Request::post("/");
        for value in values {
            request = request.header(name, *value);
        }
        refusal(&request.body(Full::<Bytes>::from("x")).unwrap()).map(|problem| problem.code())
    }

    #[test]
    fn only_chunked_alone_is_a_transfer_coding() {
        for values in [&[][..], &["chunked"], &["Chunked"], &[" chunked ,"]] {
            assert_eq!(code(&TRANSFER_ENCODING, values), None, "{values:?}");
        }
        for values in [
            &["gzip, chunked"][..],
            &["chunked, chunked"],
            &["chunked", "chunked"],
            &["gzip", "chunked"],
            &["identity"],
            &["xchunked"],
        ] {
            let refused = code(&TRANSFER_ENCODING, values);
            assert_eq!(refused, Some("unsupported_transfer_coding"), "{values:?}");
        }
    }

    #[test]
    fn a_body_with_a_content_coding_is_refused() {
        for values in [&[][..], &["identity"], &["Identity, identity"]] {
            assert_eq!(code(&CONTENT_ENCODING, values), None, "{values:?}");
        }
        for values in [&["gzip"][..], &["identity, br"], &["identity", "gzip"]] {
            let refused = code(&CONTENT_ENCODING, values);
            assert_eq!(refused, Some("unsupported_media_type"), "{values:?}");
        }
        let empty = Request::get("/").header(CONTENT_ENCODING, "gzip");
        assert!(refusal(&empty.body(Full::<Bytes>::default()).unwrap()).is_none());
    }
}
