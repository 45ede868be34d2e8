//! Attaches media to posts.

use shared::http::problem::FieldError;
use shared::ids::{PostId, UserId};
use sqlx::PgConnection;

use crate::http::{ApiError, ApiResult};
use crate::media;
use crate::posts::model::NewPostMedia;
use crate::posts::store;

/// Claims each media item for a new post, or for the post to which it may already be attached. Each
/// failed claim has its own error.
pub async fn claim(
    connection: &mut PgConnection,
    owner_id: UserId,
    post_id: Option<PostId>,
    media: &[NewPostMedia],
) -> ApiResult<()> {
    if media.is_empty() {
        return Ok(());
    }
    let claimed = store::claim_media(connection, owner_id, post_id, media).await?;
    if claimed.len() == media.len() {
        return Ok(());
    }
    let ids: Vec<_> = media.iter().map(|media| media.upload_id).collect();
    let own = media::actions::list_usable_media(connection, owner_id, &ids).await?;
    let pointer = |position: usize| format!("/media/{position}/upload_id");
    let left = media
        .iter()
        .enumerate()
        .filter(|(_, media)| !claimed.contains(&media.upload_id));
    let (in_use, unknown): (Vec<_>, Vec<_>) =
        left.partition(|(_, media)| own.contains(&media.upload_id));
    if let (Some((position, _)), []) = (in_use.first(), unknown.as_slice()) {
        let detail = "this media item is attached to something else";
        return Err(ApiError::conflict_at(
            "media_in_use",
            &pointer(*position),
            detail,
        ));
    }
    let unknown = unknown.into_iter().map(|(position, _)| FieldError {
        pointer: pointer(position),
        code: "unknown_upload",
        detail: "you have no such upload".to_owned(),
    });
    Err(ApiError::fields(unknown.collect()))
}
