//! Profile pictures: sent in a request or uploaded before.
//!
//! A picture that is sent in a request is an upload too. Its files are written and synced first;
//! then its rows are inserted in the transaction of the profile's change. If that fails, the files
//! are removed at once. After a kill, the sweep removes them, because no row names them.

use std::collections::HashSet;

use bytes::Bytes;
use shared::ids::{MediaId, SetId, UserId};
use shared::media::image::{PictureFormat, PictureSet, StoredVariant, write_set};
use shared::media::store::{NewPicture, insert_picture};
use shared::media::{MediaKind, MediaState};
use shared::storage::write_durably;
use shared::{blocking, fail};
use sqlx::PgConnection;

use super::model::{AttachedPicture, ProfilePicture};
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// A picture whose files are in the store and whose rows are not inserted yet.
#[derive(Debug)]
pub struct StoredPicture {
    id: MediaId,
    format: PictureFormat,
    size_bytes: u64,
    set: PictureSet,
}

/// Checks a picture, creates its variants and stores everything; 422 for an invalid picture.
pub async fn store_picture(app: &App, bytes: Bytes) -> ApiResult<StoredPicture> {
    let (id, store) = (MediaId::generate(), app.store.clone());
    let size_bytes = bytes.len() as u64;
    let written = app.pictures.make(bytes, move |bytes, picture| {
        write_durably(&store.source(id.into()), bytes)?;
        Ok((picture.format, write_set(&store, id, picture)?))
    });
    let (format, set) = written.await?;
    fail::point("picture.stored").await;
    Ok(StoredPicture {
        id,
        format,
        size_bytes,
        set,
    })
}

/// Inserts the rows of a stored picture, which is then attached.
pub async fn attach_picture(
    connection: &mut PgConnection,
    owner: UserId,
    place: ProfilePicture,
    stored: &StoredPicture,
) -> ApiResult<AttachedPicture> {
    let new = NewPicture {
        id: stored.id,
        owner,
        attached_as: place.as_str(),
        format: stored.format,
        size_bytes: stored.size_bytes,
    };
    insert_picture(connection, new, &stored.set).await?;
    attached(stored.id, stored.set.set, &stored.set.variants, place)
}

/// Removes the files of a picture whose rows were not inserted. The sweep removes what remains.
pub async fn discard_picture(app: &App, stored: StoredPicture) {
    let (store, id) = (app.store.clone(), stored.id);
    let removed = blocking(move || {
        std::fs::remove_file(store.source(id.into()))?;
        std::fs::remove_dir_all(store.media(id))
    });
    if removed.await.is_err() {
        tracing::warn!(media.id = %id, "could not remove the files of a refused picture; the sweep \
                                        will remove them");
    }
}

/// Takes an uploaded, unused picture of the caller.
pub async fn claim_picture(
    connection: &mut PgConnection,
    owner: UserId,
    place: ProfilePicture,
    id: MediaId,
) -> ApiResult<AttachedPicture> {
    const POINTER: &str = "/upload_id";
    let media = store::lock_usable_media(connection, owner, id).await?;
    let media = media
        .ok_or_else(|| ApiError::field(POINTER, "unknown_upload", "you have no such upload"))?;
    if media.kind.is_some_and(|kind| kind != MediaKind::Image) {
        let detail = "this upload is not a picture";
        return Err(ApiError::field(POINTER, "not_a_picture", detail));
    }
    if media.is_attached {
        let detail = "this picture is attached to something else";
        return Err(ApiError::conflict_at("media_in_use", POINTER, detail));
    }
    let Some(set) = media.set_id.filter(|_| media.state == MediaState::Ready) else {
        let detail = "this picture is not ready";
        return Err(ApiError::conflict_at("media_not_ready", POINTER, detail));
    };
    let variants = store::list_variants(connection, id, set).await?;
    store::mark_picture(connection, id, place.as_str()).await?;
    attached(id, set, &variants, place)
}

/// The media among `ids` that the owner can still attach to a post or profile.
pub async fn list_usable_media(
    connection: &mut PgConnection,
    owner_id: UserId,
    ids: &[MediaId],
) -> Result<HashSet<MediaId>, sqlx::Error> {
    let usable = store::list_usable_media(connection, owner_id, ids).await?;
    Ok(usable.into_iter().map(|media| media.id).collect())
}

/// Detaches a picture from its profile, because it was replaced or removed. A replaced picture
/// stays available for a day to pages that still show it.
pub async fn take_down_picture(
    connection: &mut PgConnection,
    id: MediaId,
    is_replaced: bool,
) -> ApiResult<()> {
    store::mark_replaced(connection, id, is_replaced).await?;
    Ok(())
}

fn attached(
    id: MediaId,
    set: SetId,
    variants: &[StoredVariant],
    place: ProfilePicture,
) -> ApiResult<AttachedPicture> {
    let shown = shown_variant(variants, place.variant());
    let shown = shown.ok_or_else(|| ApiError::internal("a picture without variants"))?;
    let file = format!("{id}/{set}/{}", shown.object);
    Ok(AttachedPicture { id, file })
}

/// The variant with this name; a small picture has its last variant instead.
fn shown_variant<'a>(variants: &'a [StoredVariant], name: &str) -> Option<&'a StoredVariant> {
    let named = variants.iter().find(|variant| variant.name == name);
    named.or(variants.last())
}
