//! Searches, and the plan that finds the results.

use shared::auth::Principal;
use shared::http::problem::FieldError;

use super::store::{self, MOST_MATCHES, PostSearch, SCAN};
use crate::app::App;
use crate::http::{ApiError, ApiResult, List, Page, PageKeys, PageQuery};
use crate::posts;
use crate::posts::model::Post;

/// The maximum number of characters of `q`.
const Q_CHARS: usize = 100;
/// Up to this number of matches, as the planner estimates it, all are read and sorted: about 3 µs
/// and one database page each. By time alone the bound could be 5,000, where a scan costs as much
/// and fills half a page; but old posts are on disk, while the scanned posts are new and in memory.
pub(super) const RARE: f64 = 3_000.0;

/// The kind of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Posts by words.
    Posts,
    /// Users by name.
    Users,
}

/// Parses `q` and `kind`; reports all faults.
pub fn read(query: &PageQuery) -> ApiResult<(&str, Kind)> {
    let q = query.parameter("q").unwrap_or_default();
    let kind = match query.parameter("kind") {
        None | Some("posts") => Some(Kind::Posts),
        Some("users") => Some(Kind::Users),
        Some(_) => None,
    };
    let mut faults: Vec<_> = fault_of(q).into_iter().collect();
    if kind.is_none() {
        faults.push(fault("/kind", "unknown_value", "use posts or users"));
    }
    match kind {
        Some(kind) if faults.is_empty() => Ok((q, kind)),
        _ => Err(ApiError::fields(faults)),
    }
}

fn fault_of(q: &str) -> Option<FieldError> {
    if q.is_empty() {
        Some(fault("/q", "required", "enter a search text"))
    } else if q.chars().count() > Q_CHARS {
        Some(fault("/q", "too_long", "at most 100 characters"))
    } else if q.contains('\0') {
        Some(fault("/q", "invalid_text", "NUL is not allowed"))
    } else {
        None
    }
}

fn fault(pointer: &str, code: &'static str, detail: &str) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        code,
        detail: detail.to_owned(),
    }
}

/// Public posts that contain all words of `q`, the newest first, without those of users whom the
/// caller mutes.
///
/// For rare words all matches are read. For common words a bounded scan goes backward through the
/// posts, and its page may be short. It is also used if the planner has underestimated the number
/// of matches.
pub async fn search_posts(
    app: &App,
    caller: &Principal,
    q: &str,
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
