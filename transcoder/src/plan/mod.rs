//! Decides what an encoder makes of a source. Pure: no process and no file.

mod ladder;
mod output;
mod rate;
#[cfg(test)]
mod tests;

pub use ladder::{POSTER_HEIGHT, Rung};
pub use output::Plan;
