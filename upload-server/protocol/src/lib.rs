//! The resumable-upload protocols as pure decisions. The input is a request's head, the state of
//! the upload, and the limits; the output is the operation to perform or the answer.
//!
//! Nothing here uses a socket, a file, a database or a clock. (No decision needs the time: a
//! statement of the database expires uploads, not a clock in a request.) The caller takes three
//! steps: [`read`] the head; find the upload and ask [`Append::permit`] or its siblings; do the
//! work and answer with [`v1::answer`] or [`Error::headers`].

mod dialect;
mod draft;
mod error;
mod extension;
mod fields;
mod gone;
mod head;
mod metadata;
pub mod names;
mod operation;
mod target;
pub mod v1;

pub use dialect::Dialect;
pub use error::Error;
pub use extension::Extension;
pub use gone::Gone;
pub use head::{BodyLength, Head, Limits};
pub use metadata::{Metadata, MetadataError};
pub use operation::{Append, Creation, Operation, Permit, Phase, Upload};
pub use target::Target;

/// Parses a request head in its dialect.
///
/// # Errors
/// Any error in the head alone: method, version, header values, limits.
pub fn read(head: &Head<'_>, limits: &Limits) -> Result<Operation, Error> {
    let method = head.effective_method()?;
    match Dialect::detect(&method, head.headers) {
        Some(Dialect::V1) => v1::read(&method, head, limits),
        Some(Dialect::Draft) => Err(draft::refuse(&method, head.target)),
        None => Err(Error::UnsupportedVersion),
    }
}

#[cfg(test)]
mod tests;
