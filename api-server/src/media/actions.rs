//! Permissions of media: the owner always sees a media item, others while it is attached to
//! something that they see. Only the owner sees its progress, its error and its source.

mod ending;
mod files;
mod render;
mod rights;

use std::collections::HashMap;

use shared::auth::Principal;
use shared::ids::{MediaId, PostId};
use shared::media::MediaState;
use sqlx::PgConnection;

use super::model::Media;
pub use super::pictures::{
    StoredPicture, attach_picture, claim_picture, discard_picture, list_usable_media,
    store_picture, take_down_picture,
};
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult};
pub use ending::{delete_media, end_post_media, list_post_media_ids, remove_media};
pub use files::{find_access, get_published_set};
use render::render;
use rights::{is_owner, require_readable};

/// A media item that the viewer may see.
pub async fn get_media(app: &App, viewer: Option<&Principal>, id: MediaId) -> ApiResult<Media> {
    let mut connection = app.pool.acquire().await?;
    let row = store::find_media(&mut connection, id).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    require_readable(&mut connection, viewer, &row).await?;
    drop(connection);
    let is_own = is_owner(&row, viewer);
    let mut media = render(app, viewer, row);
    if is_own {
        add_progress(app, [&mut media]).await;
    }
    Ok(media)
}

/// Adds the progress to the viewer's own media: one request to Redis, or none if nothing is in
/// progress. Do not hold a connection to Postgres meanwhile.
pub async fn add_progress(app: &App, own: impl IntoIterator<Item = &mut Media>) {
    let own = own.into_iter();
    let mut worked_on: Vec<_> = own
        .filter(|media| media.state == MediaState::Processing)
        .collect();
    let ids: Vec<_> = worked_on.iter().map(|media| media.id).collect();
    let found = app.progress.find_many(&ids).await;
    for (media, progress) in worked_on.iter_mut().zip(found) {
        media.progress = progress;
    }
}

/// The media of posts that the viewer may see, with whether each post is public, without progress:
/// two statements in total.
pub async fn list_post_media(
    app: &App,
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    posts: &[(PostId, bool)],
) -> ApiResult<HashMap<PostId, Vec<Media>>> {
    let mut media = HashMap::<PostId, Vec<Media>>::new();
    if posts.is_empty() {
        return Ok(media);
    }
    for row in store::list_media_of_posts(connection, posts).await? {
        let Some(post_id) = row.post_id else { continue };
        let shown = media.entry(post_id).or_default();
        shown.push(render(app, viewer, row));
    }
    Ok(media)
}
