//! The IETF draft, as far as this version supports it: its requests are recognised and get an error
//! that says that the server supports tus 1.0.

use http::Method;

use crate::{Error, Target};

/// The answer to a request in the draft's dialect.
pub(crate) fn refuse(method: &Method, target: Target) -> Error {
    if method == Method::GET {
        // No dialect supports reading bytes back, so the version is not the problem.
        return Error::MethodNotAllowed(target);
    }
    Error::DraftNotSpoken
}
