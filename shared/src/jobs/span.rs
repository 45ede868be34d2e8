//! The log lines of a job.

use tracing::{
    Span,
    field::{self, Empty},
};

use crate::ids::{JobId, MediaId};

/// The span of the work on a job, whose fields are in every line that the work logs.
pub(super) fn job_span(job: JobId, media: Option<MediaId>) -> Span {
    tracing::info_span!(
        "job",
        job.id = %job,
        media.id = media.map(field::display),
        trace_id = Empty,
        parent_id = Empty,
    )
}
