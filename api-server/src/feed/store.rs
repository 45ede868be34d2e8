//! The statements that find the keys of feeds, `(published_at, id)`, the newest first.

use shared::ids::UserId;
use sqlx::PgConnection;

use crate::http::{PageKey, PageRequest, ScannedKey};
use crate::store::scan_posts;

/// The number of posts that a page of a home feed scans: only index entries, about 200 per buffer.
pub const HOME_SCAN: i64 = 10_000;
/// The number of posts that a page of the public feed scans: rows, about 25 per buffer, and their
/// authors.
pub const PUBLIC_SCAN: i64 = 1_000;

/// Merges the newest posts of each followee, one more than a page. `None` for a user with more than
/// `most` followees; a row without a key reports that, so that no extra statement is needed.
pub async fn merge_home_keys(
    connection: &mut PgConnection,
    user_id: UserId,
    page: PageRequest,
    most: i64,
) -> Result<Option<Vec<PageKey>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        with followees as materialized (
            select followee_id
            from follows
            where follower_id = $1
            limit $5::bigint + 1
        )
        (
            select newest.published_at, newest.id
            from followees
            cross join lateral (
                select published_at, id
                from posts
                where author_id = followees.followee_id
                    and deleted_at is null
                    and published_at is not null
                    and visibility <> 'private'
                    and (published_at, id) < ($2, $3)
                    and (published_at, id) > ($6, $7)
                order by published_at desc, id desc
                limit $4
            ) newest
            where followees.followee_id not in (select muted_id from mutes where muter_id = $1)
                and (select count(*) from followees) <= $5
            union all
            (
                select published_at, id
                from posts
                where author_id = $1
                    and deleted_at is null
                    and published_at is not null
                    and (published_at, id) < ($2, $3)
                    and (published_at, id) > ($6, $7)
                order by published_at desc, id desc
                limit $4
            )
            order by 1 desc, 2 desc
            limit $4
        )
        union all
        select null, null
        where (select count(*) from followees) > $5
        "#,
        user_id.0,
        page.start.at,
        page.start.id,
        page.rows(),
        most,
        page.end.at,
        page.end.id
    )
    .fetch_all(connection)
    .await?;
    let keys = rows.into_iter().map(|row| {
        Some(PageKey {
            at: row.published_at?,
            id: row.id?,
        })
    });
    Ok(keys.collect())
}

/// The same for a user with very many followees: a scan, with the followees in a hash table.
pub async fn scan_home_keys(
    connection: &mut PgConnection,
    user_id: UserId,
    page: PageRequest,
    scan: i64,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    scan_posts!(
        "true",
        r"author_id = $1
                or visibility <> 'private'
                and author_id in (
                    select followee_id
                    from follows
                    where follower_id = $1
                        and followee_id not in (select muted_id from mutes where muter_id = $1)
                )
                and exists (
                    select from visible_users($1) as authors where authors.id = author_id offset 0
                )",
        user_id.0,
        page,
        scan
    )
    .fetch_all(connection)
    .await
}

/// Public posts of accounts that are not private and not muted by the viewer.
pub async fn scan_public_keys(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    page: PageRequest,
    scan: i64,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    scan_posts!(
        "visibility = 'public'",
        r"author_id not in (select muted_id from mutes where muter_id = $1)
                and exists (
                    select
                    from visible_users($1) as authors
                    join profiles on profiles.user_id = authors.id
                    where authors.id = author_id
                        and not is_private
                    offset 0
                )",
        viewer_id.map(|id| id.0),
        page,
        scan
    )
    .fetch_all(connection)
    .await
}
