//! Data for requests of media files: what the grant permits, and the published set.

use std::sync::Arc;
use std::time::Instant;

use shared::ids::{MediaId, SetId};
use shared::media::Grant;
use shared::media::store::list_renditions;

use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::media::model::AccessRow;
use crate::media::published::PublishedSet;
use crate::media::store;

/// The access that a grant gives, if it satisfies `is_wanted`. A positive answer is cached for five
/// seconds per session and media item, so that a sign-out, a suspension or a change of visibility
/// takes effect soon. A negative answer is never cached, so that new media can be read at once.
pub async fn find_access(
    app: &App,
    grant: Grant,
    media_id: MediaId,
    is_wanted: impl Fn(&AccessRow) -> bool,
) -> ApiResult<Option<AccessRow>> {
    let session_id = match grant {
        Grant::Public => None,
        Grant::Session { session_id, .. } => Some(session_id),
    };
    let is_yes = |row: &AccessRow| {
        let is_allowed = match grant {
            Grant::Public => row.is_public,
            Grant::Session { .. } => row.is_owner || row.is_seen,
        };
        is_allowed && is_wanted(row)
    };
    let cached = app.access_cache.get(media_id, session_id).filter(is_yes);
    if cached.is_some() {
        return Ok(cached);
    }
    let asked_at = Instant::now();
    let mut connection = app.pool.acquire().await?;
    let row = store::find_access(&mut connection, media_id, session_id).await?;
    let yes = row.filter(is_yes);
    if let Some(access) = &yes {
        let access = access.clone();
        app.access_cache
            .insert((media_id, session_id), access, asked_at);
    }
    Ok(yes)
}

/// A published set; 404 if there is nothing to play.
pub async fn get_published_set(
    app: &App,
    media_id: MediaId,
    set_id: SetId,
) -> ApiResult<Arc<PublishedSet>> {
    if let Some(set) = app.published_sets.get(media_id, set_id) {
        return Ok(set);
    }
    let mut connection = app.pool.acquire().await?;
    let renditions = list_renditions(&mut connection, media_id, set_id).await?;
    let set = PublishedSet::of(renditions).ok_or_else(ApiError::not_found)?;
    Ok(app.published_sets.insert(media_id, set_id, set))
}
