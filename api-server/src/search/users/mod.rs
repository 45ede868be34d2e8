//! Finds users by a part of their names, never by their e-mail address.
//!
//! A search for a rare name reads all matches and sorts them. A search for a common name scans the
//! newest users until the page is full or its bound is reached, whatever the number of users; such
//! a page may be short and still have a next one.

mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::SearchQuery;
use crate::app::App;
use crate::http::{ApiResult, ListKind, Page, PageEnds, PageKey, PageQuery, PageRequest};
use crate::profiles::actions::list_users;
use crate::profiles::model::User;
use store::UserSearch;

const USER_SEARCH: ListKind = ListKind::newest_first(8);

/// Users whose username or full name contains `q`: an exact username first, then the newest. With
/// fewer than three characters, users whose username begins with `q`. Muted, blocked (either way)
/// and inactive users are left out.
pub async fn search_users(
    app: &App,
    viewer: Option<&Principal>,
    q: &SearchQuery,
    query: &PageQuery,
) -> ApiResult<Page<User>> {
    let asked = query.of(USER_SEARCH.found_by(q), &app.cursors)?;
    let mut connection = app.pool.begin_to_read().await?;
    store::plan_each_time(&mut connection).await?;
    let search = UserSearch::of(viewer.map(|viewer| viewer.user_id), q);
    let exact = match (&query.cursor, &query.after) {
        (None, None) => store::find_user_named(&mut connection, &search).await?,
        _ => None,
    };
    let rest = PageRequest {
        limit: asked.request.limit - usize::from(exact.is_some()),
        ..asked.request
    };
    let (keys, next) = list_matches(&mut connection, &search, rest).await?;
    let ids: Vec<_> = exact
        .into_iter()
        .chain(keys.iter().map(|key| UserId(key.id)))
        .collect();
    let users = list_users(&mut connection, viewer, &ids).await?;
    let newest = keys.first().copied();
    Ok(asked.page(users, PageEnds { newest, next }))
}

/// The page's keys, and the start of the next page.
async fn list_matches(
    connection: &mut PgConnection,
    search: &UserSearch,
    page: PageRequest,
) -> ApiResult<(Vec<PageKey>, Option<PageKey>)> {
    let few = store::list_few_matches(connection, search, page).await?;
    let is_rare = few.is_some();
    let mut keys = match few {
        Some(keys) => keys,
        None => store::list_newest_matches(connection, search, page).await?,
    };
    let mut next = page.cut(&mut keys);
    if next.is_none() && !is_rare {
        next = store::find_end_of_newest(connection, page).await?;
    }
    Ok((keys, next))
}
