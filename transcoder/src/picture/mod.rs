//! Pictures are converted by this program itself, in a child process within the sandbox's limits.
//!
//! The parent and the child are defined in [`shared::media::image::child`]; this module adds HEIC
//! and AVIF. Only the daemon writes to the store.

mod heif;
pub mod helper;
mod job;

pub use job::{PictureJob, is_picture, make_picture};
