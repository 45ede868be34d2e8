//! Pictures: their conversion ([`media_core::image`]) in a child process, and their files in the
//! store.

pub mod child;
mod set;

pub use media_core::image::*;
pub use set::{PictureSet, StoredVariant, write_set};
