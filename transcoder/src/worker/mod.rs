//! What the shared job runner calls for a transcode job: one attempt, and what follows it.

mod attempt;
mod handler;
mod metrics;
mod progress;
mod transcoder;

pub use metrics::EncodeMetrics;
pub use transcoder::{Transcoder, Worker};
