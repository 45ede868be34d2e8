//! Files over HTTP: one file with ranges, conditions and precompressed variants, and the folder of
//! the web client.
//!
//! Callers check access first. There are no listings and no multipart ranges: a request for
//! several ranges gets the whole file, as RFC 9110 section 14.2 allows.

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
pub use file::StoredFile;
