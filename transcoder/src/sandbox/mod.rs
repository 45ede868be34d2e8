//! Every ffmpeg and ffprobe runs through this module, because it handles untrusted bytes in code
//! that is not ours.
//!
//! Each is started by `transcoder sandbox-exec`, which limits itself and then becomes the program:
//! the daemon has many threads, and only `exec` is safe between its fork and exec. Each has a
//! process group of its own, which is killed as a whole and dies with the daemon. Inputs are opened
//! by names that this program made, with a protocol *and* a format whitelist: with a protocol
//! whitelist alone, a playlist that is declared as a video reads other people's files.

mod bounds;
pub mod exec;
mod input;
mod process;
mod run;

pub use bounds::{Bounds, memory_bytes};
pub use input::input_arguments;
pub use process::Process;
pub use run::{Captured, Run, Sandbox, read_tail};
