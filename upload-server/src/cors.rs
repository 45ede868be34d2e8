//! What pages of allowed origins may send and read, errors included.
//!
//! Both protocols' headers are listed, so that a page that speaks the wrong one can read the error
//! that says so.

use std::sync::LazyLock;

use http::{
    HeaderName,
    header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use shared::http::{CorsAccess, CorsRules, X_REQUEST_ID};
use tus_protocol::names;

/// The id of the upload's media item, in every response about the upload.
pub const PAWL_MEDIA_ID: HeaderName = HeaderName::from_static("pawl-media-id");
/// Some clients send it with every request.
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

static ALLOWED_HEADERS: LazyLock<String> = LazyLock::new(|| {
    let general = [AUTHORIZATION, CONTENT_TYPE, X_REQUEST_ID, X_REQUESTED_WITH];
    list(general.into_iter().chain(names::in_requests()))
});
static EXPOSED_HEADERS: LazyLock<String> = LazyLock::new(|| {
    let own = [PAWL_MEDIA_ID, WWW_AUTHENTICATE, X_REQUEST_ID];
    let protocols = names::in_answers().chain(names::in_later_answers());
    list(own.into_iter().chain(protocols))
});

/// The rules of the upload server.
pub fn rules() -> CorsRules {
    CorsRules {
        allowed_origins: CorsAccess {
            methods: "POST, GET, HEAD, PATCH, DELETE, OPTIONS",
            headers: &ALLOWED_HEADERS,
            expose: &EXPOSED_HEADERS,
        },
        public: None,
        // tus gives OPTIONS a meaning of its own.
        service_answers_options: true,
    }
}

fn list(names: impl Iterator<Item = HeaderName>) -> String {
    let names: Vec<String> = names.map(|name| as_specified(&name)).collect();
    names.join(", ")
}

/// The name with the capitals of its specification, for clients that compare it as text:
/// `Upload-Offset`, `WWW-Authenticate`.
fn as_specified(name: &HeaderName) -> String {
    let words = name.as_str().split('-').map(|word| match word {
        "www" | "http" => word.to_ascii_uppercase(),
        _ => {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_exposed_once_and_one_that_is_sent_is_not_listed_as_unsent() {
        let mut exposed: Vec<&str> = EXPOSED_HEADERS.split(", ").collect();
        exposed.sort_unstable();
        let expected = [
            "Location",
            "Pawl-Media-Id",
            "Retry-After",
            "Tus-Extension",
            "Tus-Max-Size",
            "Tus-Resumable",
            "Tus-Version",
            "Upload-Complete",
            "Upload-Draft-Interop-Version",
            "Upload-Expires",
            "Upload-Length",
            "Upload-Limit",
            "Upload-Metadata",
            "Upload-Offset",
            "WWW-Authenticate",
            "X-Request-Id",
        ];
        assert_eq!(exposed, expected);
    }

    #[test]
    fn pages_may_send_the_headers_of_both_protocols() {
        let mut allowed: Vec<&str> = ALLOWED_HEADERS.split(", ").collect();
        allowed.sort_unstable();
        let expected = [
            "Authorization",
            "Content-Type",
            "Tus-Resumable",
            "Upload-Checksum",
            "Upload-Complete",
            "Upload-Concat",
            "Upload-Defer-Length",
            "Upload-Draft-Interop-Version",
            "Upload-Incomplete",
            "Upload-Length",
            "Upload-Metadata",
            "Upload-Offset",
            "X-HTTP-Method-Override",
            "X-Request-Id",
            "X-Requested-With",
        ];
        assert_eq!(allowed, expected);
    }
}
