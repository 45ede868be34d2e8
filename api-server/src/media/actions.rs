//! Who may see a media and who gets at its files: its owner always, others while it hangs on
//! something that they may see. Only the owner sees its progress, its error and its source.

mod ending;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use shared::auth::{Cache, Principal};
use shared::ids::{MediaId, PostId, SessionId};
use shared::media::{FailureCode, Grant, Grants, MediaKind, MediaState, RenditionKind, keys};
use sqlx::PgConnection;

use super::model::{
    AccessRow, Failure, Media, MediaRow, Playback, RenditionRow, RenditionSummary, Variant,
};
pub use super::pictures::{
    StoredPicture, claim_picture, discard_picture, hang_picture, store_picture, take_down_picture,
};
pub use super::published::PublishedSets;
use super::{source, store};
use crate::app::App;
use crate::audit;
use crate::audit::model::Subject;
use crate::http::{ApiError, ApiResult};
use crate::posts;
use crate::{accounts, profiles};
pub use ending::{delete_media, end_post_media, list_post_media_ids, remove_media};

/// How long a judgement about a file is believed.
const BELIEVED_FOR: Duration = Duration::from_secs(5);
/// Half the number of judgements kept.
const JUDGEMENTS_HALF: usize = 4096;

/// Judgements about who gets at which media, for a few seconds each.
pub struct Judgements(Cache<(MediaId, Option<SessionId>), (Instant, AccessRow)>);

impl Default for Judgements {
    fn default() -> Self {
        Self(Cache::new(JUDGEMENTS_HALF))
    }
}

#[cfg(test)]
impl Judgements {
    /// Has everything be looked up anew.
    pub fn forget(&self) {
        self.0.clear();
    }
}

/// A media that the viewer may see.
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

/// 404 for who sees neither the media nor what it hangs on. An admin sees any, which is recorded.
async fn require_readable(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    row: &MediaRow,
) -> ApiResult<()> {
    match row.post_id {
        _ if is_owner(row, viewer) => Ok(()),
        Some(post_id) => posts::actions::require_readable_post(connection, viewer, post_id)
            .await
            .map(drop),
        None if row.is_public && sees_owner(connection, viewer, row).await? => Ok(()),
        None => {
            let viewer_id = viewer.ok_or_else(ApiError::not_found)?.user_id;
            if !accounts::actions::is_admin(connection, viewer_id).await? {
                return Err(ApiError::not_found());
            }
            let subject = Subject::Media(row.id);
            Ok(audit::actions::record_admin_read(connection, viewer_id, subject).await?)
        }
    }
}

/// A picture of a profile is seen by whoever sees the profile: not across a block.
async fn sees_owner(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    row: &MediaRow,
) -> ApiResult<bool> {
    let seen = profiles::actions::list_users(connection, viewer, &[row.owner_id]).await?;
    Ok(!seen.is_empty())
}

/// Adds how far the work is on media of the viewer's own: one question to Redis, and none where
/// nothing is being worked on. Hold no connection to Postgres meanwhile.
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

/// What hangs on posts that the viewer may see, each with whether anyone may, without progress: two
/// statements for all of them.
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

/// What a grant gets at, if that is what `is_wanted`. A yes is believed for five seconds for each
/// session and media, so that whatever ends it (sign-out, suspension, a post made private) does so
/// soon. A no is never kept: what was published a moment ago is there.
pub async fn judge_access(
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
    let (key, at) = ((media_id, session_id), Instant::now());
    let believed = app.judgements.0.get(&key);
    if let Some((since, access)) = believed
        && since.elapsed() < BELIEVED_FOR
        && is_yes(&access)
    {
        return Ok(Some(access));
    }
    let mut connection = app.pool.acquire().await?;
    let row = store::find_access(&mut connection, media_id, session_id).await?;
    let yes = row.filter(is_yes);
    if let Some(access) = &yes {
        app.judgements.0.insert(key, (at, access.clone()));
    }
    Ok(yes)
}

fn is_owner(row: &MediaRow, viewer: Option<&Principal>) -> bool {
    viewer.is_some_and(|viewer| viewer.user_id == row.owner_id)
}

/// The answer for a viewer who may see the media, without progress.
fn render(app: &App, viewer: Option<&Principal>, mut row: MediaRow) -> Media {
    let is_owner = is_owner(&row, viewer);
    let now = app.clock.now();
    let own = viewer.map(|viewer| Grant::for_session(viewer.session_id, now));
    let grant = if row.is_public {
        Some(Grant::Public)
    } else {
        own
    };
    let of_set = |file: &str| {
        let set = row.set_id?.to_string();
        grant.map(|grant| app.grants.address(grant, row.id, &set, file))
    };
    let source_url = own
        .filter(|_| is_owner && row.has_source)
        .map(|grant| source_address(&app.grants, grant, &row));
    let is_played = row.kind != Some(MediaKind::Image);
    let (images, rungs): (Vec<_>, Vec<_>) = std::mem::take(&mut row.renditions)
        .into_iter()
        .partition(|rendition| rendition.kind == RenditionKind::Image);
    let variant = |image: RenditionRow| {
        let url = of_set(image.object.as_deref()?)?;
        Some(Variant {
            name: image.name,
            width: image.width?,
            height: image.height?,
            url,
        })
    };
    let playback = Playback {
        hls_url: of_set(keys::MASTER_PLAYLIST).filter(|_| is_played),
        source_url,
    };
    Media {
        poster_url: row.poster.as_deref().and_then(of_set),
        playback,
        id: row.id,
        kind: row.kind,
        state: row.state,
        progress: None,
        error: row
            .error_code
            .filter(|_| is_owner)
            .map(|code| failure(code, row.error_detail)),
        width: row.width,
        height: row.height,
        duration_ms: row.duration_ms,
        alt: row.alt,
        blurhash: row.blurhash,
        renditions: rungs.into_iter().map(RenditionRow::into_rung).collect(),
        variants: images.into_iter().filter_map(variant).collect(),
    }
}

impl RenditionRow {
    fn into_rung(self) -> RenditionSummary {
        RenditionSummary {
            name: self.name,
            width: self.width,
            height: self.height,
            bandwidth_bps: self.bandwidth_bps,
        }
    }
}

fn source_address(grants: &Grants, grant: Grant, row: &MediaRow) -> String {
    let name = source::file_name(row.filename.as_deref(), row.filetype.as_deref());
    grants.address(grant, row.id, source::SET, &name)
}

fn failure(code: String, detail: Option<String>) -> Failure {
    let sentence = FailureCode::from_name(&code).map(|code| code.text().to_owned());
    Failure {
        detail: detail.or(sentence).unwrap_or_default(),
        code,
    }
}
