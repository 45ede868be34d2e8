//! One decode, one ffmpeg process, one pipe a rendition.
//!
//! [`command`] writes the command line and is pure; [`encode`] runs it, packages what comes out of
//! the pipes, watches over progress, and believes success only after looking at the result itself.

mod command;
mod explain;
mod filters;
mod run;
mod track;

pub use command::{OutputKind, command_line, outputs};
pub use filters::TONE_MAP;
pub use run::{EncodeJob, Encoded, encode};
