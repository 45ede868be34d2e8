//! Finds out what a source is, as far as planning needs to know.
//!
//! [`probe`] runs ffprobe in the sandbox. [`parse`] is pure and handles the traps: cover art that
//! is declared as video, absurd frame rates, missing durations, rotation in side data.

mod json;
mod parse;
mod run;
mod source;
#[cfg(test)]
mod tests;

pub use parse::parse;
pub use run::{TOO_MANY_PIXELS, probe};
pub use source::{Source, VideoTrack};
