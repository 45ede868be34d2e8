//! One ffmpeg process decodes a source once and writes each rendition into a pipe of its own.
//!
//! [`command`] builds the command line and is pure. [`encode`] runs it, packages the output of the
//! pipes, watches the progress, and checks the result itself instead of trusting the exit code.

mod command;
mod encoded;
mod explain;
mod filters;
mod run;
mod track;

pub use command::{Output, OutputKind, command_line, outputs};
pub use encoded::Encoded;
pub use filters::TONE_MAP;
pub use run::{EncodeJob, encode};
