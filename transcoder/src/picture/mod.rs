//! Pictures are converted by this program itself, in a child process within the sandbox's limits.
//!
//! The decoders are safe code, but a picture may need more memory or time than there is, and a fault
//! in a decoder must not end the daemon. The child reads the source by a name that this program made
//! and writes the result to its standard output; only the daemon writes to the store.

mod heif;
pub mod helper;
mod job;

pub use job::{PictureJob, is_picture, make_picture};
