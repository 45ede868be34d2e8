//! One attempt at one job: probe, plan, encode, publish; a picture is made at once.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use shared::{
    db,
    ids::{MediaId, SetId, UploadId},
    jobs::Lease,
    media::{FailureCode, Progress, store::PublishedSet},
};

use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use super::{RETRY, Worker};
use crate::{
    encode::{EncodeJob, Encoded, encode},
    failure::Failure,
    picture::{is_picture, make_picture},
    plan::Plan,
    poster::make_poster,
    probe::probe,
    publish::{EndingError, ObjectWriter, Publication, publish},
};

/// A finished ladder is worth waiting for Postgres.
const PUBLISH_PATIENCE: Duration = Duration::from_mins(1);

/// What an attempt works with.
pub struct Attempt<'a> {
    worker: &'a Worker,
    lease: &'a Lease,
    tasks: TaskTracker,
    progress: watch::Sender<Progress>,
}

/// What stands in the store, waiting for its rows.
struct Made {
    encoded: Encoded,
    poster: Option<String>,
}

impl<'a> Attempt<'a> {
    pub fn new(worker: &'a Worker, lease: &'a Lease) -> Self {
        Self {
            worker,
            lease,
            tasks: TaskTracker::new(),
            progress: watch::Sender::new(Progress::PROBING),
        }
    }

    /// How far it is.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Ends with the set published, or with the reason why not. Dropping it kills what it runs.
    pub async fn run(&self) -> Result<(), Failure> {
        let media = self.lease.media_id.ok_or_else(|| {
            Failure::rejected(
                FailureCode::EncoderFailed,
                "a transcode job without a media",
            )
        })?;
        let worker = self.worker;
        let source = worker.store.source(UploadId::from(media));
        let publication = if is_picture(&source).await? {
            self.make_picture(&source, media).await?
        } else {
            self.make_video(&source, media).await?
        };
        self.progress.send_replace(Progress::PUBLISHING);
        shared::fail::point("transcode.encoded").await;
        self.publish(media, &publication).await
    }

    async fn make_picture(&self, source: &Path, media: MediaId) -> Result<Publication, Failure> {
        let (worker, set) = (self.worker, SetId::from(self.lease.job_id));
        let writer = self.open_writer(media).await?;
        let made = make_picture(&worker.sandbox, source, &worker.limits, (&writer, set)).await?;
        Ok(Publication::Picture(made))
    }

    async fn make_video(&self, source: &Path, media: MediaId) -> Result<Publication, Failure> {
        let worker = self.worker;
        let plan = Plan::new(
            probe(&worker.sandbox, source, &worker.limits).await?,
            &worker.limits,
        );
        let writer = self.open_writer(media).await?;
        let made = match self.make(&plan, &writer, media).await {
            Err(Failure::Retryable {
                code: FailureCode::OutOfMemory,
                detail,
            }) => {
                tracing::warn!(job.id = %self.lease.job_id, detail, "less at once, once more");
                self.make(&plan.reduced(), &writer, media).await?
            }
            made => made?,
        };
        Ok(self.publication(made))
    }

    /// Waits, once [`Attempt::run`] has ended or was dropped, until nothing writes any more.
    pub async fn wait_for_writes(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn open_writer(&self, media: MediaId) -> Result<Arc<ObjectWriter>, Failure> {
        let (store, tasks) = (&self.worker.store, self.tasks.clone());
        Ok(Arc::new(
            ObjectWriter::open(store, media, self.lease, tasks).await?,
        ))
    }

    async fn make(
        &self,
        plan: &Plan,
        writer: &Arc<ObjectWriter>,
        media: MediaId,
    ) -> Result<Made, Failure> {
        let worker = self.worker;
        let source = worker.store.source(UploadId::from(media));
        let picture = make_poster(&worker.sandbox, plan, &source, &worker.limits).await?;
        let poster = picture.as_ref().map(|_| writer.names().poster());
        if let Some((picture, object)) = picture.zip(poster.clone()) {
            writer.write(object, picture).await?;
        }
        let begun = Instant::now();
        let encoded = encode(EncodeJob {
            sandbox: &worker.sandbox,
            plan,
            source: &source,
            limits: &worker.limits,
            writer: Arc::clone(writer),
            progress: &self.progress,
        })
        .await?;
        worker.metrics.observe_encode(begun.elapsed());
        Ok(Made { encoded, poster })
    }

    fn publication(&self, made: Made) -> Publication {
        let renditions = &made.encoded.renditions;
        let best = renditions.iter().find_map(|rendition| rendition.video);
        let duration_ms = u64::try_from(made.encoded.duration().as_millis()).unwrap_or(u64::MAX);
        let set = PublishedSet {
            set: SetId::from(self.lease.job_id),
            dimensions: best.map(|shape| (shape.width, shape.height)),
            duration_ms,
            poster: made.poster,
        };
        Publication::Video(set, made.encoded.renditions)
    }

    async fn publish(&self, media: MediaId, publication: &Publication) -> Result<(), Failure> {
        let deadline = Instant::now() + PUBLISH_PATIENCE;
        loop {
            match publish(&self.worker.pool, self.lease, media, publication).await {
                Ok(()) => return Ok(()),
                Err(EndingError::LeaseLost) => return Err(Failure::LeaseLost),
                // Should the lost answer have been a yes, the next one is that the lease is lost,
                // and what is published stays.
                Err(EndingError::Database(error))
                    if db::is_unavailable(&error) && Instant::now() < deadline =>
                {
                    tracing::warn!(job.id = %self.lease.job_id, %error, "not published yet");
                    tokio::time::sleep(RETRY).await;
                }
                Err(EndingError::Database(error)) => {
                    return Err(Failure::retryable(
                        FailureCode::EncoderFailed,
                        error.to_string(),
                    ));
                }
            }
        }
    }
}
