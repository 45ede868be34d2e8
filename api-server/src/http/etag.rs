//! Caching headers of answers to GET: private, and revalidated by entity tag every time.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use headers::{ETag, HeaderMapExt as _, IfNoneMatch};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::Reply;

/// How many bytes of the body's SHA-256 form its entity tag.
const TAG_BYTES: usize = 12;

/// Adds caching headers and a weak `ETag` of the body to the answer to a GET. It answers 304
/// without a body if the client has this version (RFC 9110, section 13.1.2).
pub fn conditional(request_headers: &HeaderMap, mut reply: Reply) -> Reply {
    if reply.status() != StatusCode::OK {
        return reply;
    }
    let tag = tag(reply.body());
    let headers = reply.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.append(VARY, HeaderValue::from_static("Authorization"));
    let Some(tag) = tag else {
        return reply;
    };
    headers.typed_insert(tag.clone());
    let known = request_headers.typed_get::<IfNoneMatch>();
    if known.is_some_and(|known| !known.precondition_passes(&tag)) {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
        reply.headers_mut().remove(CONTENT_TYPE);
        reply.body_mut().clear();
    }
    reply
}

fn tag(body: &[u8]) -> Option<ETag> {
    let digest = digest::digest(&digest::SHA256, body);
    let bytes = digest.as_ref().get(..TAG_BYTES)?;
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(bytes))
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::header::{ETAG, IF_NONE_MATCH};

    use super::*;

    fn asked_with(tag: &str) -> Reply {
        let headers = HeaderMap::from_iter([(IF_NONE_MATCH, tag.parse().unwrap())]);
        conditional(&headers, Reply::new(Bytes::from_static(b"{}")))
    }

    #[test]
    fn an_answer_that_the_client_has_is_304_without_a_body() {
        let first = conditional(&HeaderMap::new(), Reply::new(Bytes::from_static(b"{}")));
        let tag = first.headers()[ETAG].to_str().unwrap();
        assert_eq!((first.status(), first.body().len()), (StatusCode::OK, 2));
        for known in [
            tag,
            &format!("\"x\", {tag}"),
            "*",
            tag.trim_start_matches("W/"),
        ] {
            let again = asked_with(known);
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(again.headers()[ETAG].to_str().unwrap(), tag);
            assert!(again.body().is_empty());
        }
        for other in [
            "\"other\"",
            "\"with a space\"",
            "\"",
            "W/",
            ",",
            "\"a\tb\", \"ü\"",
        ] {
            assert_eq!(asked_with(other).status(), StatusCode::OK, "{other}");
        }
    }
}
