//! Everything that an attempt needs.

use shared::{
    db::Pool,
    jobs::{MetricNames, Runner},
    media::ProgressBoard,
    storage::Store,
    wake::WakeUp,
};

use super::metrics::EncodeMetrics;
use crate::{limits::Limits, sandbox::Sandbox};

/// Turns the source of a media item into a published set.
pub struct Transcoder {
    /// Postgres.
    pub pool: Pool,
    /// Sources and published media.
    pub store: Store,
    /// ffmpeg and ffprobe.
    pub sandbox: Sandbox,
    /// The limits on a source.
    pub limits: Limits,
    /// Hints that events were committed.
    pub events: WakeUp,
    /// Where owners read the progress of their media.
    pub progress: ProgressBoard,
    /// What is counted beside the runner's numbers.
    pub metrics: EncodeMetrics,
}

impl Transcoder {
    /// The names of the runner's numbers.
    pub const METRICS: MetricNames = MetricNames {
        attempts: "transcode_attempts",
        queue_wait_seconds: "transcode_queue_wait_seconds",
        completed: "published",
        failed: "rejected",
    };
}

/// A worker that transcodes.
pub type Worker = Runner<Transcoder>;
