//! From stored objects to a published set, and the other ways in which an attempt ends.
//!
//! Each ending is one transaction in which the lease token still holds: it writes the job, the media
//! and the event together or not at all.

mod objects;

use serde_json::{Value, json};
use shared::{
    db::Pool,
    events::{MediaEvent, insert_media_event},
    ids::MediaId,
    jobs::{self, JobKind, Lease},
    media::{
        FailureCode, Rendition,
        image::PictureSet,
        store::{PublishedSet, fail_media, insert_renditions, publish_picture, publish_set},
    },
};
use sqlx::PgConnection;

pub use objects::{ObjectWriter, remove_if_empty};

/// Why an ending was not written.
#[derive(Debug, thiserror::Error)]
pub enum EndingError {
    /// The token no longer holds the job, or the media no longer waits for it.
    #[error("the lease is lost")]
    LeaseLost,
    /// Postgres did not answer; whether it committed is not known.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// What an attempt made, waiting for its rows.
#[derive(Debug)]
pub enum Publication {
    /// Renditions, and their set.
    Video(PublishedSet, Vec<Rendition>),
    /// Variants.
    Picture(PictureSet),
}

/// Publishes a set: job done, renditions there, media ready, event written.
pub async fn publish(
    pool: &Pool,
    lease: &Lease,
    media: MediaId,
    publication: &Publication,
) -> Result<(), EndingError> {
    let mut tx = pool.begin().await?;
    jobs::complete(&mut tx, lease)
        .await?
        .map_err(|_| EndingError::LeaseLost)?;
    let is_published = match publication {
        Publication::Video(set, renditions) => {
            insert_renditions(&mut tx, media, set.set, renditions).await?;
            publish_set(&mut tx, media, set).await?
        }
        Publication::Picture(set) => publish_picture(&mut tx, media, set).await?,
    };
    if !is_published {
        return Err(EndingError::LeaseLost);
    }
    let details = publication.details();
    insert_media_event(&mut tx, media, MediaEvent::Ready, &details).await?;
    tx.commit().await?;
    Ok(())
}

impl Publication {
    /// What everyone is told of it.
    fn details(&self) -> Value {
        let (dimensions, duration_ms) = match self {
            Self::Video(set, _) => (set.dimensions, Some(set.duration_ms)),
            Self::Picture(set) => (Some((set.width, set.height)), None),
        };
        let (width, height) = dimensions.unzip();
        json!({"state": "ready", "width": width, "height": height, "duration_ms": duration_ms})
    }
}

/// Fails the job and its media for good. `detail` is for operators; users get the code's sentence.
pub async fn fail(
    pool: &Pool,
    lease: &Lease,
    code: FailureCode,
    detail: &str,
) -> Result<(), EndingError> {
    let mut tx = pool.begin().await?;
    jobs::fail(&mut tx, lease, code.name(), detail)
        .await?
        .map_err(|_| EndingError::LeaseLost)?;
    if let Some(media) = lease.media_id {
        tell_failed(&mut tx, media, code).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Fails the media of jobs whose last attempt died without a word. Gives back how many.
pub async fn fail_exhausted(pool: &Pool, max_attempts: i32) -> Result<usize, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let exhausted = jobs::take_exhausted(&mut tx, &[JobKind::Transcode], max_attempts).await?;
    for job in &exhausted {
        tracing::warn!(job.id = %job.job_id, "every attempt died; the job fails");
        if let Some(media) = job.media_id {
            tell_failed(&mut tx, media, FailureCode::AttemptsExhausted).await?;
        }
    }
    tx.commit().await?;
    Ok(exhausted.len())
}

async fn tell_failed(
    connection: &mut PgConnection,
    media: MediaId,
    code: FailureCode,
) -> Result<(), sqlx::Error> {
    if fail_media(connection, media, code).await? {
        // Others see that it failed and not why: the reason is in the row, for its owner.
        let details = json!({"state": "failed"});
        insert_media_event(connection, media, MediaEvent::Failed, &details).await?;
    }
    Ok(())
}
