//! Media items as posts, profiles and pages of media items use them. Only the owner sees the
//! progress, the error and the source of a media item. The callers check who may read it.

mod ending;
mod files;
mod render;

use std::collections::HashMap;

use shared::auth::Principal;
use shared::ids::PostId;
use shared::media::MediaState;
use sqlx::PgConnection;

use super::model::{Media, ShownPost};
pub use super::pictures::{
    StoredPicture, attach_picture, claim_picture, discard_picture, list_usable_media,
    store_picture, take_down_picture,
};
use super::store;
pub use super::store::find_media;
use crate::app::App;
use crate::http::ApiResult;
pub use ending::{delete_unattached, end_post_media, list_post_media_ids, remove_media};
pub use files::{find_access, get_published_set};
pub use render::render;

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

/// The media of posts that the viewer may see, without progress: two statements in total.
pub async fn list_post_media(
    app: &App,
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    posts: &[ShownPost],
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
