//! The IETF draft, as far as this version goes: requests in it are recognised and told plainly
//! that tus 1.0 is what is spoken here.

use http::Method;

use crate::{Error, Target};

/// The answer to a request in the draft's dialect.
pub(crate) fn refuse(method: &Method, target: Target) -> Error {
    if method == Method::GET {
        // Nothing is read back here in any dialect, so a version is not what is wrong.
        return Error::MethodNotAllowed(target);
    }
    Error::DraftNotSpoken
}
