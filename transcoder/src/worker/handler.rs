//! Transcode jobs, as the job runner sees them.

use shared::{
    events::{MediaEvent, insert_media_event},
    ids::{JobId, MediaId, SetId},
    jobs::{Attempt, Completion, Handler, JobError, JobKind, Outcome},
    media::{FailureCode, store::fail_media},
};
use sqlx::PgConnection;

use super::{attempt::TranscodeAttempt, progress::report_progress, transcoder::Transcoder};
use crate::{
    failure::{Cause, Failure},
    sweep::sweep_set,
};

impl Handler for Transcoder {
    type Code = FailureCode;

    const KIND: JobKind = JobKind::Transcode;
    const EXHAUSTED: FailureCode = FailureCode::AttemptsExhausted;

    /// Ends with the set published. Dropping it kills ffmpeg.
    async fn attempt(&self, attempt: &Attempt) -> Result<Completion, JobError<FailureCode>> {
        let media = attempt
            .lease
            .media_id
            .ok_or_else(|| Failure::new(Cause::Job, "a transcode job without a media item"))?;
        let transcoding = TranscodeAttempt::new(self, attempt, media);
        let reporting = report_progress(&self.progress, media, transcoding.progress());
        tokio::select! {
            published = transcoding.run() => published.map(|()| Completion::Committed),
            never = reporting => match never {},
        }
    }

    async fn record_failure(
        &self,
        tx: &mut PgConnection,
        media: Option<MediaId>,
        code: FailureCode,
    ) -> Result<(), sqlx::Error> {
        let Some(media) = media else { return Ok(()) };
        if fail_media(tx, media, code).await? {
            // Only the owner sees why it failed: the reason is in the row and not in the event.
            let details = serde_json::json!({"state": "failed"});
            insert_media_event(tx, media, MediaEvent::Failed, &details).await?;
        }
        Ok(())
    }

    async fn after_attempt(&self, job: JobId, media: Option<MediaId>, outcome: Outcome) {
        if let Some(media) = media {
            tokio::join!(
                self.clear_progress(media, outcome),
                self.remove_leftovers(job, media, outcome)
            );
        }
        self.metrics.count(outcome);
        self.events.wake();
    }
}

impl Transcoder {
    /// After a lost lease the progress may be that of another attempt.
    async fn clear_progress(&self, media: MediaId, outcome: Outcome) {
        if outcome != Outcome::LeaseLost {
            self.progress.clear(media).await;
        }
    }

    /// Removes the objects of a failed attempt, by the sweep's rule: if its commit took effect and
    /// only the answer was lost, the rows name its objects, and those stay. Those of exhausted jobs
    /// are left to the sweep: a disk that hangs must not keep other media from being failed.
    async fn remove_leftovers(&self, job: JobId, media: MediaId, outcome: Outcome) {
        if matches!(outcome, Outcome::Completed | Outcome::Exhausted) {
            return;
        }
        if let Err(error) = sweep_set(&self.pool, &self.store, media, SetId::from(job)).await {
            tracing::warn!(%error, "leftovers stay for the next sweep");
        }
    }
}
