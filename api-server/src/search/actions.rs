//! Searches, and the plan that finds the results.

use shared::auth::Principal;

use super::model::{Kind, Search, Sought};
use super::store::{self, MOST_MATCHES, PostSearch, SCAN};
use super::users;
use crate::app::App;
use crate::http::{ApiResult, ListKind, Page, PageKeys};
use crate::posts;
use crate::posts::model::Post;
use crate::profiles::model::User;
use crate::routes::Either;

const POST_SEARCH: ListKind = ListKind::newest_first(12);

/// Up to this number of matches, as the planner estimates it, all are read and sorted: about 3 µs
/// and one database page each. By time alone the bound could be 5,000, where a scan costs as much
/// and fills half a page; but old posts are on disk, while the scanned posts are new and in memory.
pub(super) const RARE: f64 = 3_000.0;

/// Posts or users that match the search.
pub async fn search(
    app: &App,
    viewer: Option<&Principal>,
    search: Search,
) -> ApiResult<Either<Page<Post>, Page<User>>> {
    let Search { kind, sought } = search;
    Ok(match kind {
        Kind::Posts => Either::One(search_posts(app, viewer, sought).await?),
        Kind::Users => Either::Other(search_users(app, viewer, sought).await?),
    })
}

/// Users that match the search.
pub async fn search_users(
    app: &App,
    viewer: Option<&Principal>,
    sought: Sought,
) -> ApiResult<Page<User>> {
    users::search_users(app, viewer, &sought.q, &sought.page).await
}

/// Public posts that contain all words of `q`, the newest first, without those of users whom the
/// viewer mutes.
///
/// For rare words all matches are read. For common words a bounded scan goes backward through the
/// posts, and its page may be short. It is also used if the planner has underestimated the number
/// of matches.
pub async fn search_posts(
    app: &App,
    viewer: Option<&Principal>,
    sought: Sought,
) -> ApiResult<Page<Post>> {
    let Sought { q, page } = &sought;
    let asked = page.of(POST_SEARCH.found_by(q), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let matches = store::estimate_matches(&mut connection, q).await?;
    let search = PostSearch {
        viewer_id: viewer.map(|viewer| viewer.user_id),
        q,
    };
    let mut keys = None;
    if matches.is_none_or(|matches| matches <= RARE) {
        let all = store::list_matching_keys(&mut connection, search, asked.request, MOST_MATCHES);
        keys = all.await?.map(|keys| PageKeys::cut(keys, asked));
    }
    let keys = if let Some(keys) = keys {
        keys
    } else {
        let rows = store::scan_matching_keys(&mut connection, search, asked.request, SCAN).await?;
        PageKeys::scanned(&rows, asked)
    };
    posts::actions::page_at(app, viewer, connection, keys).await
}
