//! Chooses the plan that finds a feed's keys.

use shared::auth::Principal;

use super::store::{self, HOME_SCAN, PUBLIC_SCAN};
use crate::app::App;
use crate::http::{ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::posts;
use crate::posts::model::Post;

const PUBLIC_FEED: ListKind = ListKind::newest_first(1);
const HOME_FEED: ListKind = ListKind::newest_first(13);

/// Up to this number of followees, the newest posts of each are read. With 300 this costs as much
/// as the backward scan (about 1.2 ms on a million posts), and its pages are full however rarely
/// those 300 post. Its cost grows with every followee, that of the scan hardly does.
const MOST_MERGED: i64 = 300;

/// Posts of the caller and their followees, the newest first.
pub async fn list_home_posts(
    app: &App,
    caller: &Principal,
    query: PageQuery,
) -> ApiResult<Page<Post>> {
    let user_id = caller.user_id;
    let asked = query.of(HOME_FEED.of(user_id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let merged =
        store::merge_home_keys(&mut connection, user_id, asked.request, MOST_MERGED).await?;
    let keys = if let Some(keys) = merged {
        PageKeys::cut(keys, asked)
    } else {
        let rows =
            store::scan_home_keys(&mut connection, user_id, asked.request, HOME_SCAN).await?;
        PageKeys::scanned(&rows, asked)
    };
    posts::actions::page_at(app, Some(caller), connection, keys).await
}

/// Everyone's public posts, the newest first, without those of muted users.
pub async fn list_public_posts(
    app: &App,
    viewer: Option<&Principal>,
    query: PageQuery,
) -> ApiResult<Page<Post>> {
    let asked = query.of(PUBLIC_FEED.all(), &app.cursors)?;
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let mut connection = app.pool.acquire().await?;
    let rows =
        store::scan_public_keys(&mut connection, viewer_id, asked.request, PUBLIC_SCAN).await?;
    let keys = PageKeys::scanned(&rows, asked);
    posts::actions::page_at(app, viewer, connection, keys).await
}
