//! The conversion of a picture in a child process: `PROGRAM make-picture RESTRICTIONS MAX_PIXELS
//! …`.
//!
//! The decoders are safe code, but a picture may need more memory or time than its headers say, and
//! a fault in a decoder must not end a server. The child is the same program as its parent. It
//! restricts itself before it reads the source from its standard input, and writes the result to
//! its standard output.

mod main;
mod program;
mod report;
#[cfg(test)]
mod tests;

pub use main::run;
pub use program::{Conversion, ConversionError, PictureProgram, Source};
pub use report::SUBCOMMAND;
