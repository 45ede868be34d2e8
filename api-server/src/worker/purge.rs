//! Runs purge jobs for the job runner.

use std::error::Error;
use std::sync::Arc;

use shared::jobs::{Attempt, Completion, Handler, JobError, JobKind, MetricNames};

use crate::app::App;
use crate::purge::actions::{PurgeError, purge};

/// The code of a purge that failed, in `jobs.error_code`.
const FAILED: &str = "failed";

/// Removes the rows and files of deleted posts and media.
pub struct PurgeHandler {
    pub app: Arc<App>,
}

impl PurgeHandler {
    /// The names of the runner's metrics.
    pub const METRICS: MetricNames = MetricNames {
        attempts: "jobs",
        queue_wait_seconds: "jobs_queue_wait_seconds",
        completed: "done",
        failed: "failed",
    };
}

impl Handler for PurgeHandler {
    type Code = &'static str;

    const KIND: JobKind = JobKind::Purge;
    /// Not used, because purges have no limit of attempts.
    const EXHAUSTED: &'static str = FAILED;

    /// A purge that is interrupted or fails continues at its next attempt.
    async fn attempt(&self, attempt: &Attempt) -> Result<Completion, JobError<&'static str>> {
        match purge(&self.app, &attempt.lease.payload).await {
            Ok(()) => Ok(Completion::Done),
            Err(error) => Err(job_error(&error)),
        }
    }
}

/// Only a job whose payload cannot be read fails for good.
fn job_error(error: &PurgeError) -> JobError<&'static str> {
    let code = FAILED;
    let detail = match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    match error {
        PurgeError::Payload(_) => JobError::Permanent { code, detail },
        _ => JobError::Retryable { code, detail },
    }
}
