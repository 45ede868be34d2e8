//! The resumable-upload protocols as pure decisions: a request's head, what is known of the
//! upload and the limits go in, what to do or to answer comes out.
//!
//! Nothing here reads a socket, a file, a database or a clock. (No decision needs the time: an
//! upload expires by one statement of the database, never by a look at a clock in a request.)
//! The caller does it in three steps: [`read`] the head; find the upload and ask
//! [`Append::permit`] or its siblings; do the work and answer with [`v1::answer`] or
//! [`Error::headers`].

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

/// Reads a request head in the dialect it speaks.
///
/// # Errors
/// Everything that is wrong with the head alone: method, version, header values, limits.
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
