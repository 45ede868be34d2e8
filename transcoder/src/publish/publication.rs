//! Publishing is one transaction that requires a valid lease token. It writes the job, the media
//! item and the event, or nothing.

use serde_json::{Value, json};
use shared::{
    db::Pool,
    events::{MediaEvent, insert_media_event},
    ids::MediaId,
    jobs::{self, Lease, LeaseError},
    media::{
        Rendition,
        image::PictureSet,
        store::{PublishedSet, insert_renditions, publish_picture, publish_set},
    },
};

/// A set whose objects are stored and whose rows are not.
#[derive(Debug)]
pub enum Publication {
    /// A ladder of a video.
    Video {
        /// The set.
        set: PublishedSet,
        /// Its renditions.
        renditions: Vec<Rendition>,
    },
    /// The variants of a picture.
    Picture(PictureSet),
}

/// Publishes a set: completes the job, inserts the renditions, makes the media item ready and
/// writes the event. The lease also counts as lost if the media item no longer waits for a set.
pub async fn publish(
    pool: &Pool,
    lease: &Lease,
    media: MediaId,
    publication: &Publication,
) -> Result<(), LeaseError> {
    let mut tx = pool.begin().await?;
    jobs::complete(&mut tx, lease).await?;
    let is_published = match publication {
        Publication::Video { set, renditions } => {
            insert_renditions(&mut tx, media, set.set, renditions).await?;
            publish_set(&mut tx, media, set).await?
        }
        Publication::Picture(set) => publish_picture(&mut tx, media, set).await?,
    };
    if !is_published {
        return Err(LeaseError::Lost);
    }
    let details = publication.details();
    insert_media_event(&mut tx, media, MediaEvent::Ready, &details).await?;
    tx.commit().await?;
    Ok(())
}

impl Publication {
    /// The event's data.
    fn details(&self) -> Value {
        let (dimensions, duration_ms) = match self {
            Self::Video { set, .. } => (set.dimensions, Some(set.duration_ms)),
            Self::Picture(set) => (Some((set.width, set.height)), None),
        };
        let (width, height) = dimensions.unzip();
        json!({"state": "ready", "width": width, "height": height, "duration_ms": duration_ms})
    }
}
