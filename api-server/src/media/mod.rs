//! Media items as parts of posts and profiles, and their files under grants. This module imports
//! neither posts nor profiles; `media_items` checks who may read a single media item.
//!
//! Beside the API, `/media/<grant>/<media id>/<set>/<file>`

pub mod access_cache;
pub mod actions;
mod files;
pub mod model;
mod pictures;
pub mod published;
mod source;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

pub use files::{is_public, serve_file};
