//! Every ffmpeg and ffprobe runs through this module, because it handles untrusted bytes in code
//! that is not ours.
//!
//! Each is started by `transcoder sandbox-exec`, which limits itself ([`shared::sandbox`]) and then
//! becomes the program. Inputs are opened by names that this program made, with a protocol *and* a
//! format whitelist: with a protocol whitelist alone, a playlist that is declared as a video reads
//! other people's files.

mod bounds;
pub mod exec;
mod input;
mod run;

pub use bounds::{memory_bytes, probe_bounds};
pub use input::input_arguments;
pub use run::{Run, Sandbox};
