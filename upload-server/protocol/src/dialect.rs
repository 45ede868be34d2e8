//! Determines which of the two protocols a request uses, from the head alone and before anything
//! else, so that each dialect reads only its own headers.

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
    /// The dialect of a request. `Tus-Resumable` means v1. A draft header or
    /// `application/partial-upload` means the draft. Without either, HEAD, GET and DELETE belong to
    /// the draft, whose later versions do not mark them. `OPTIONS` belongs to v1, which answers it
    /// for both.
    ///
    /// `None` for a request of no dialect (an unmarked POST or PATCH).
    pub fn detect(method: &Method, headers: &HeaderMap) -> Option<Self> {
        if headers.contains_key(names::TUS_RESUMABLE) || method == Method::OPTIONS {
            return Some(Self::V1);
        }
        let unmarked = [Method::HEAD, Method::GET, Method::DELETE].contains(method);
        (is_marked_as_draft(headers) || unmarked)
            .then_some(Self::Draft)
            .or_else(|| {
                // A method of neither protocol gets the 405 of v1 instead of a hint about versions.
                let known = [Method::POST, Method::PATCH].contains(method);
                (!known).then_some(Self::V1)
            })
    }
}

/// Whether the head has a header of the draft.
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
