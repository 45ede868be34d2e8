//! What may be searched for, and which plan finds it.

use shared::auth::Principal;
use shared::http::problem::FieldError;

use super::store::{self, MOST_MATCHES, PostSearch, SCAN};
use crate::app::App;
use crate::http::{ApiError, ApiResult, List, Page, PageKeys, PageQuery};
use crate::posts;
use crate::posts::model::Post;

/// The most characters of `q`.
const Q_CHARS: usize = 100;
/// Up to how many matches, as the planner estimates them, all are read and sorted: about 3 µs and a
/// page of the database each. Time alone would allow 5,000, where a scan costs as much and fills a
/// page by half; but old posts are on disk, while what is scanned is new and in memory.
pub(super) const RARE: f64 = 3_000.0;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Posts by their words.
    Posts,
    /// People by their names.
    Users,
}

/// The parameters `q` and `kind`; every fault is told.
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

/// Public posts that have all words of `q`, newest first, but for whom the caller mutes.
///
/// Of rare words all matches are read; for common ones a bounded scan goes backward through the
/// posts, and its page may be short. Words that turn out to be less rare together than the planner
/// thinks are scanned for too.
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
