//! One attempt at one job: probe, plan, encode and publish; a picture is converted in one step.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use shared::{
    db,
    ids::{MediaId, SetId, UploadId},
    jobs::{self, Attempt, JobError, LeaseError},
    media::{FailureCode, Progress, store::PublishedSet},
};
use tokio::sync::watch;

use super::transcoder::Transcoder;
use crate::{
    encode::{EncodeJob, Encoded, encode},
    failure::{Cause, Failure},
    picture::{PictureJob, is_picture, make_picture},
    plan::Plan,
    poster::make_poster,
    probe::probe,
    publish::{ObjectWriter, Publication, publish},
};

/// A finished ladder is worth waiting for Postgres.
const PUBLISH_TIMEOUT: Duration = Duration::from_mins(1);
/// The pause before publishing is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// One attempt to transcode a media item.
pub struct TranscodeAttempt<'a> {
    transcoder: &'a Transcoder,
    attempt: &'a Attempt,
    media: MediaId,
    source: PathBuf,
    progress: watch::Sender<Progress>,
}

/// What is in the store and not yet published.
struct StoredVideo {
    encoded: Encoded,
    /// The object's name.
    poster: Option<String>,
}

impl<'a> TranscodeAttempt<'a> {
    pub fn new(transcoder: &'a Transcoder, attempt: &'a Attempt, media: MediaId) -> Self {
        Self {
            transcoder,
            attempt,
            media,
            source: transcoder.store.source(UploadId::from(media)),
            progress: watch::Sender::new(Progress::PROBING),
        }
    }

    /// How far it is.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Ends with the set published. Dropping the future kills the programs that it runs.
    pub async fn run(&self) -> Result<(), JobError<FailureCode>> {
        let publication = if is_picture(&self.source).await? {
            self.convert_picture().await?
        } else if self.attempt.lease.priority >= jobs::SHORT {
            // Declared as a picture. A slot for short jobs must not work on it.
            return Err(JobError::NotShort);
        } else {
            self.transcode_video().await?
        };
        self.progress.send_replace(Progress::PUBLISHING);
        shared::fail::point("transcode.encoded").await;
        self.publish(&publication).await
    }

    fn set(&self) -> SetId {
        SetId::from(self.attempt.lease.job_id)
    }

    async fn convert_picture(&self) -> Result<Publication, Failure> {
        let made = make_picture(PictureJob {
            sandbox: &self.transcoder.sandbox,
            source: &self.source,
            limits: &self.transcoder.limits,
            writer: self.open_writer().await?,
            set: self.set(),
        });
        Ok(Publication::Picture(made.await?))
    }

    async fn transcode_video(&self) -> Result<Publication, Failure> {
        let (sandbox, limits) = (&self.transcoder.sandbox, &self.transcoder.limits);
        let plan = Plan::new(probe(sandbox, &self.source, limits).await?, limits);
        let writer = Arc::new(self.open_writer().await?);
        let stored = match self.encode(&plan, &writer).await {
            Err(failure) if failure.cause() == Cause::Memory => {
                tracing::warn!(%failure, "encoding again with less memory");
                self.encode(&plan.reduced(), &writer).await?
            }
            stored => stored?,
        };
        Ok(self.publication(stored))
    }

    async fn open_writer(&self) -> Result<ObjectWriter, Failure> {
        let Attempt { lease, tasks } = self.attempt;
        let store = &self.transcoder.store;
        Ok(ObjectWriter::open(store, self.media, lease, tasks.clone()).await?)
    }

    async fn encode(
        &self,
        plan: &Plan,
        writer: &Arc<ObjectWriter>,
    ) -> Result<StoredVideo, Failure> {
        let (sandbox, limits) = (&self.transcoder.sandbox, &self.transcoder.limits);
        let picture = make_poster(sandbox, plan, &self.source, limits).await?;
        let poster = picture.as_ref().map(|_| writer.names().poster());
        if let Some((picture, object)) = picture.zip(poster.clone()) {
            writer.write(object, picture).await?;
        }
        let begun = Instant::now();
        let encoded = encode(EncodeJob {
            sandbox,
            plan,
            source: &self.source,
            limits,
            writer: Arc::clone(writer),
            progress: &self.progress,
        })
        .await?;
        self.transcoder.metrics.observe_encode(begun.elapsed());
        Ok(StoredVideo { encoded, poster })
    }

    fn publication(&self, stored: StoredVideo) -> Publication {
        let StoredVideo { encoded, poster } = stored;
        let best = encoded
            .renditions
            .iter()
            .find_map(|rendition| rendition.video);
        Publication::Video {
            set: PublishedSet {
                set: self.set(),
                dimensions: best.map(|shape| (shape.width, shape.height)),
                duration_ms: u64::try_from(encoded.duration().as_millis()).unwrap_or(u64::MAX),
                poster,
            },
            renditions: encoded.renditions,
        }
    }

    async fn publish(&self, publication: &Publication) -> Result<(), JobError<FailureCode>> {
        let lease = &self.attempt.lease;
        let deadline = Instant::now() + PUBLISH_TIMEOUT;
        loop {
            match publish(&self.transcoder.pool, lease, self.media, publication).await {
                Ok(()) => return Ok(()),
                Err(LeaseError::Lost) => return Err(JobError::LeaseLost),
                // If a commit took effect and only its answer was lost, the next try finds the
                // lease lost, and what is published stays.
                Err(LeaseError::Database(error))
                    if db::is_unavailable(&error) && Instant::now() < deadline =>
                {
                    tracing::warn!(%error, "cannot publish yet");
                    tokio::time::sleep(RETRY).await;
                }
                Err(LeaseError::Database(error)) => {
                    return Err(Failure::new(Cause::Database, error.to_string()).into());
                }
            }
        }
    }
}
