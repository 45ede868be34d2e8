//! The minimal statements for each row, written by hand. The keys of a feed come from the server's
//! own queries, so that both read the same index entries and rows. Nothing is rendered, and
//! permissions are checked only within the statements.

#![expect(
    clippy::disallowed_methods,
    reason = "the yardstick is sqlx alone, with connections that nobody shares"
)]

use anyhow::Result;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::api::rows::Work;
use crate::api::scene::Scene;
use crate::load::Turn;

/// Runs the statements of `work`.
pub async fn answer(
    connection: &mut PgConnection,
    scene: &Scene,
    (work, turn): (Work, Turn),
) -> Result<()> {
    let (viewer, post) = (scene.viewer(turn).id, scene.post(turn));
    match work {
        Work::Feed => feed(connection, FEED, viewer).await,
        Work::SparseFeed => feed(connection, FEED, scene.sparse.id).await,
        Work::DenseFeed => feed(connection, DENSE_FEED, scene.dense.id).await,
        Work::Profile => {
            let query = sqlx::query(PROFILE).bind(scene.username(turn)).bind(viewer);
            query.fetch_one(connection).await?;
            Ok(())
        }
        Work::Post => {
            let query = sqlx::query(POST).bind(post).bind(viewer);
            query.fetch_one(&mut *connection).await?;
            media(connection, &[post]).await
        }
        Work::Me => {
            sqlx::query(ME).bind(viewer).fetch_one(connection).await?;
            Ok(())
        }
        Work::Like => like(connection, scene, turn).await,
        Work::Comment => comment(connection, post, viewer).await,
        Work::Follow | Work::SignIn => Ok(()),
    }
}

async fn feed(connection: &mut PgConnection, sql: &'static str, viewer: i64) -> Result<()> {
    let rows = sqlx::query(sql)
        .bind(viewer)
        .fetch_all(&mut *connection)
        .await?;
    let ids = rows.iter().map(|row| row.try_get("id"));
    let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
    media(connection, &ids).await
}

async fn media(connection: &mut PgConnection, posts: &[i64]) -> Result<()> {
    let rows = sqlx::query(MEDIA)
        .bind(posts)
        .fetch_all(&mut *connection)
        .await?;
    let ids = rows
        .iter()
        .map(|row| row.try_get_unchecked::<sqlx::types::Uuid, _>("id"));
    let ids: Vec<_> = ids.collect::<Result<_, _>>()?;
    sqlx::query(RENDITIONS)
        .bind(ids)
        .fetch_all(connection)
        .await?;
    Ok(())
}

async fn like(connection: &mut PgConnection, scene: &Scene, turn: Turn) -> Result<()> {
    let ((post, is_on), viewer) = (scene.like(turn), scene.viewer(turn).id);
    let mut tx = connection.begin().await?;
    let sql = if is_on { LIKE } else { UNLIKE };
    sqlx::query(sql)
        .bind(post)
        .bind(viewer)
        .execute(&mut *tx)
        .await?;
    sqlx::query(EVENT)
        .bind(post)
        .bind(viewer)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

async fn comment(connection: &mut PgConnection, post: i64, viewer: i64) -> Result<()> {
    let text = "A comment of an ordinary length, as people write them.";
    let mut tx = connection.begin().await?;
    let query = sqlx::query(COMMENT).bind(post).bind(viewer).bind(text);
    query.execute(&mut *tx).await?;
    sqlx::query(EVENT)
        .bind(post)
        .bind(viewer)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The keys for the first page, as `merge_home_keys` of api-server finds them, and the 20 posts.
const FEED: &str = r"
    with followees as materialized (
        select followee_id
        from follows
        where follower_id = $1
        limit 301
    ),
    keys as (
        select newest.published_at, newest.id
        from followees
        cross join lateral (
            select published_at, id
            from posts
            where author_id = followees.followee_id
                and deleted_at is null
                and published_at is not null
                and visibility <> 'private'
                and (published_at, id) < ('9999-12-31', 9223372036854775807)
            order by published_at desc, id desc
            limit 21
        ) newest
        where followees.followee_id not in (select muted_id from mutes where muter_id = $1)
        union all
        (
            select published_at, id
            from posts
            where author_id = $1
                and deleted_at is null
                and published_at is not null
                and (published_at, id) < ('9999-12-31', 9223372036854775807)
            order by published_at desc, id desc
            limit 21
        )
        order by 1 desc, 2 desc
        limit 21
    )
    select posts.*, users.username, profiles.first_name, profiles.last_name,
        exists (select from post_likes where post_id = posts.id and user_id = $1) as liked
    from (select * from keys limit 20) as keys
    join posts on posts.id = keys.id
    join users on users.id = posts.author_id
    join profiles on profiles.user_id = posts.author_id
    order by keys.published_at desc, keys.id desc
";

/// The same with the keys of `scan_home_keys`.
const DENSE_FEED: &str = r"
    with keys as materialized (
        select published_at, id
        from (
            select published_at, id, author_id, visibility
            from posts
            where deleted_at is null
                and published_at is not null
                and (published_at, id) < ('9999-12-31', 9223372036854775807)
            order by published_at desc, id desc
            limit 10000
        ) scanned
        where author_id = $1
            or visibility <> 'private'
            and author_id in (
                select followee_id
                from follows
                where follower_id = $1
                    and followee_id not in (select muted_id from mutes where muter_id = $1)
            )
        order by published_at desc, id desc
        limit 21
    )
    select posts.*, users.username, profiles.first_name, profiles.last_name,
        exists (select from post_likes where post_id = posts.id and user_id = $1) as liked
    from (select * from keys limit 20) as keys
    join posts on posts.id = keys.id
    join users on users.id = posts.author_id
    join profiles on profiles.user_id = posts.author_id
    order by keys.published_at desc, keys.id desc
";

const MEDIA: &str = r"
    select media.*, post_media.post_id, uploads.state as upload_state
    from post_media
    join media on media.id = post_media.media_id
    join uploads on uploads.id = media.id
    where post_media.post_id = any($1)
    order by post_media.post_id, post_media.position
";

const RENDITIONS: &str = r"
    select renditions.media_id, name, renditions.width, renditions.height, bandwidth_bps
    from renditions
    join media on media.id = renditions.media_id and media.set_id = renditions.set_id
    where renditions.media_id = any($1)
";

const PROFILE: &str = r"
    select users.id, users.username, profiles.*,
        exists (select from follows where follower_id = $2 and followee_id = users.id) as following,
        exists (select from follows where follower_id = users.id and followee_id = $2) as followed_by
    from users
    join profiles on profiles.user_id = users.id
    where lower(users.username) = lower($1)
";

const POST: &str = r"
    select posts.*, users.username, profiles.first_name, profiles.last_name,
        exists (select from post_likes where post_id = posts.id and user_id = $2) as liked
    from posts
    join users on users.id = posts.author_id
    join profiles on profiles.user_id = posts.author_id
    where posts.id = $1
";

const ME: &str = r"
    select users.*, profiles.*
    from users
    join profiles on profiles.user_id = users.id
    where users.id = $1
";

const LIKE: &str = r"
    with made as (
        insert into post_likes (post_id, user_id) values ($1, $2)
        on conflict do nothing
        returning post_id
    )
    update posts set likes_count = likes_count + 1 where id in (select post_id from made)
";

const UNLIKE: &str = r"
    with gone as (
        delete from post_likes where post_id = $1 and user_id = $2
        returning post_id
    )
    update posts set likes_count = likes_count - 1 where id in (select post_id from gone)
";

const COMMENT: &str = r"
    with made as (
        insert into comments (post_id, author_id, text) values ($1, $2, $3)
        returning post_id
    )
    update posts set comments_count = comments_count + 1 where id in (select post_id from made)
";

const EVENT: &str = r"
    insert into events (topics, event, data, actor_id, post_id)
    values (array['post:' || $1::bigint], 'post.counts', '{}', $2, $1)
";
