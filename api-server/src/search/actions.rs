//! Searches, and the plan that finds the results.

use shared::auth::Principal;

use super::model::SearchQuery;
use super::store::{self, MOST_MATCHES, PostSearch, SCAN};
use crate::app::App;
use crate::http::{ApiResult, List, Page, PageKeys, PageQuery};
use crate::posts;
use crate::posts::model::Post;

/// Up to this number of matches, as the planner estimates it, all are read and sorted: about 3 µs
/// and one database page each. By time alone the bound could be 5,000, where a scan costs as much
/// and fills half a page; but old posts are on disk, while the scanned posts are new and in memory.
pub(super) const RARE: f64 = 3_000.0;

/// Public posts that contain all words of `q`, the newest first, without those of users whom the
/// caller mutes.
///
/// For rare words all matches are read. For common words a bounded scan goes backward through the
/// posts, and its page may be short. It is also used if the planner has underestimated the number
/// of matches.
pub async fn search_posts(
    app: &App,
    caller: &Principal,
    q: &SearchQuery,
    query: &PageQuery,
) -> ApiResult<Page<Post>> {
    let list = List::post_search(q);
    let asked = query.of(list, &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let matches = store::estimate_matches(&mut connection, q).await?;
    let search = PostSearch {
        viewer_id: caller.user_id,
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
    posts::actions::page_at(app, Some(caller), connection, keys).await
}
