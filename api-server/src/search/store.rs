//! The statements that find posts by words. The database's functions `search_vector` and
//! `search_query` define the words of posts and of queries (`migrations/0020_*`).

use shared::ids::UserId;
use sqlx::PgConnection;

use crate::http::{PageKey, PageRequest, ScannedKey};
use crate::store::scan_posts;

/// The maximum number of matches that are read and sorted; with more, the scan is used.
pub const MOST_MATCHES: i64 = 4_500;
/// The number of posts that a page of frequent words scans; each costs about 8 µs.
pub const SCAN: i64 = 2_000;

/// The searching user, if there is one, and the words.
#[derive(Clone, Copy)]
pub struct PostSearch<'a> {
    pub viewer_id: Option<UserId>,
    pub q: &'a str,
}

/// The planner's estimate of the number of posts that contain all words of `q`.
pub async fn estimate_matches(
    connection: &mut PgConnection,
    q: &str,
) -> Result<Option<f64>, sqlx::Error> {
    let plan: Option<serde_json::Value> = sqlx::query_scalar!(
        r#"
        explain (format json)
        select
        from posts
        where deleted_at is null
            and published_at is not null
            and visibility = 'public'
            and search_vector(text) @@ search_query($1)
        "#,
        q
    )
    .fetch_one(connection)
    .await?;
    Ok(plan.and_then(|plan| plan.pointer("/0/Plan/Plan Rows")?.as_f64()))
}

/// By the word index, one more than a page. `None` if there are more than `most`.
pub async fn list_matching_keys(
    connection: &mut PgConnection,
    search: PostSearch<'_>,
    page: PageRequest,
    most: i64,
) -> Result<Option<Vec<PageKey>>, sqlx::Error> {
    let rows = sqlx::query_as!(
        ScannedKey,
        r#"
        with matching as materialized (
            select published_at, id, author_id
            from posts
            where deleted_at is null
                and published_at is not null
                and visibility = 'public'
                and search_vector(text) @@ search_query($2)
                and (published_at, id) < ($3, $4)
                and (published_at, id) > ($7, $8)
            limit $6
        ),
        found as (
            select published_at, id
            from (
                -- Its bound keeps what follows from being asked of all of them.
                select *
                from matching
                order by published_at desc, id desc
                limit $6
            ) newest
            where author_id not in (select muted_id from mutes where muter_id = $1)
                and (
                    author_id = $1
                    or exists (
                        select
                        from visible_users($1) as authors
                        join profiles on profiles.user_id = authors.id
                        where authors.id = author_id
                            and not is_private
                        offset 0
                    )
                )
            order by published_at desc, id desc
            limit $5
        )
        select published_at as "at!", id as "id!", true as "is_found!"
        from found
        union all
        select 'epoch', 0, false
        where (select count(*) from matching) >= $6
        "#,
        search.viewer_id.map(|id| id.0),
        search.q,
        page.start.at,
        page.start.id,
        page.rows(),
        most,
        page.end.at,
        page.end.id
    )
    .fetch_all(connection)
    .await?;
    let are_all = rows.iter().all(|row| row.is_found);
    let keys = rows.into_iter().map(|row| PageKey {
        at: row.at,
        id: row.id,
    });
    Ok(are_all.then(|| keys.collect()))
}

/// The keys of matches among the newest `scan` posts. The last row may be where the scan stopped.
pub async fn scan_matching_keys(
    connection: &mut PgConnection,
    search: PostSearch<'_>,
    page: PageRequest,
    scan: i64,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    scan_posts!(
        "visibility = 'public'",
        r"search_vector(text) @@ search_query($8)
                and author_id not in (select muted_id from mutes where muter_id = $1)
                and (
                    author_id = $1
                    or exists (
                        select
                        from visible_users($1) as authors
                        join profiles on profiles.user_id = authors.id
                        where authors.id = author_id
                            and not is_private
                        offset 0
                    )
                )",
        search.viewer_id.map(|id| id.0),
        page,
        scan,
        search.q
    )
    .fetch_all(connection)
    .await
}
