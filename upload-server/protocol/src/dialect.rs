//! Which of the two protocols a request speaks. Decided from the head alone, before anything
//! else is looked at, so that each dialect reads only what is addressed to it.

use http::{HeaderMap, Method, header::CONTENT_TYPE};

use crate::fields::is_media_type;
use crate::names;

/// A resumable-upload protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// tus 1.0.
    V1,
    /// draft-ietf-httpbis-resumable-upload, any version.
    Draft,
}

impl Dialect {
    /// Tells the dialect: `Tus-Resumable` is v1; a draft header or `application/partial-upload` is
    /// the draft; with neither, HEAD, GET and DELETE are the draft's, whose later versions mark
    /// them with nothing. `OPTIONS` belongs to v1, which answers it for both.
    ///
    /// `None` is a request of no dialect (an unmarked POST or PATCH).
    pub fn detect(method: &Method, headers: &HeaderMap) -> Option<Self> {
        if headers.contains_key(names::TUS_RESUMABLE) || method == Method::OPTIONS {
            return Some(Self::V1);
        }
        let unmarked = [Method::HEAD, Method::GET, Method::DELETE].contains(method);
        (is_marked_as_draft(headers) || unmarked)
            .then_some(Self::Draft)
            .or_else(|| {
                // A method of neither protocol gets v1's 405 and not a hint about versions.
                let known = [Method::POST, Method::PATCH].contains(method);
                (!known).then_some(Self::V1)
            })
    }
}

/// Whether the head carries a sign of the draft.
pub(crate) fn is_marked_as_draft(headers: &HeaderMap) -> bool {
    let marks = [
        names::UPLOAD_DRAFT_INTEROP_VERSION,
        names::UPLOAD_COMPLETE,
        names::UPLOAD_INCOMPLETE,
    ];
    marks.iter().any(|name| headers.contains_key(name))
        || headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| is_media_type(value, "application/partial-upload"))
}
