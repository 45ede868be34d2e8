//! Files over HTTP: one file with ranges, conditions and precompressed siblings, and a folder of
//! them for the web client.
//!
//! Whether the caller may read a file is decided before it comes here. No listings, no multipart
//! ranges: a request for several ranges gets the whole file, as RFC 9110 section 14.2 allows.

mod condition;
mod directory;
mod encoding;
mod file;
mod kind;
mod range;
#[cfg(test)]
mod tests;

pub use condition::Validators;
pub use directory::Directory;
pub use encoding::Encoding;
pub use file::StoredFile;
pub use kind::content_type;
pub use range::{Asked, Span};
