//! From objects in the store to a published set.

mod objects;
mod publication;

pub use objects::{ObjectWriter, remove_if_empty};
pub use publication::{Publication, publish};
