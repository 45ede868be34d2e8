//! The statements about posts. Lists go by `(published_at, id)`, never by id alone, and read one
//! row more than a page holds, which tells whether there is a next one.

use std::collections::HashSet;

use shared::ids::{MediaId, PostId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{NewPost, NewPostMedia, PostRow, Visibility};
use crate::http::PageRequest;

/// Counts the post in the same statement: what only its author sees is not counted.
pub async fn insert_post(
    connection: &mut PgConnection,
    author_id: UserId,
    new: &NewPost,
) -> Result<PostId, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        with counted as (
            update profiles
            set posts_count = posts_count + 1
            where user_id = $1
                and $3 <> 'private'
        )
        insert into posts (author_id, text, visibility, published_at)
        values ($1, $2, $3, now())
        returning id as "id: PostId"
        "#,
        author_id.0,
        new.text,
        new.visibility as Visibility
    )
    .fetch_one(connection)
    .await
}

/// Claims those of `media` that are the owner's and hang on nothing, and puts them onto the post
/// in the order given. A claim is a change of the media's row, so that of two posts one waits and
/// finds it taken.
pub async fn attach_media(
    connection: &mut PgConnection,
    owner_id: UserId,
    post_id: PostId,
    media: &[NewPostMedia],
) -> Result<HashSet<MediaId>, sqlx::Error> {
    let alts: Vec<Option<String>> = media.iter().map(|media| media.alt.clone()).collect();
    let attached = sqlx::query_scalar!(
        r#"
        with wanted as (
            select *
            from unnest($3::uuid[], $4::text[]) with ordinality as wanted (id, alt, position)
        ),
        -- In one order, so that two posts that want the same media do not wait for each other.
        free as (
            select id
            from media
            where id = any($3)
                and owner_id = $1
                and attached_as is null
            order by id
            for update
        ),
        claimed as (
            update media
            set attached_as = 'post', alt = coalesce(wanted.alt, media.alt)
            from free
            join wanted on wanted.id = free.id
            where media.id = free.id
            returning media.id, wanted.position
        )
        insert into post_media (media_id, post_id, position)
        select id, $2, position - 1
        from claimed
        returning media_id as "media_id: MediaId"
        "#,
        owner_id.0,
        post_id.0,
        &ids(media),
        &alts as &[Option<String>]
    )
    .fetch_all(connection)
    .await?;
    Ok(attached.into_iter().collect())
}

/// Those of `media` that are the owner's.
pub async fn list_own_media(
    connection: &mut PgConnection,
    owner_id: UserId,
    media: &[NewPostMedia],
) -> Result<HashSet<MediaId>, sqlx::Error> {
    let own = sqlx::query_scalar!(
        r#"
        select id as "id: MediaId"
        from media
        where owner_id = $1
            and id = any($2)
        "#,
        owner_id.0,
        &ids(media)
    )
    .fetch_all(connection)
    .await?;
    Ok(own.into_iter().collect())
}

/// A post that the viewer may see: their own, or a published one that anyone may.
pub async fn find_post(
    connection: &mut PgConnection,
    id: PostId,
    viewer_id: Option<UserId>,
) -> Result<Option<PostRow>, sqlx::Error> {
    sqlx::query_as!(
        PostRow,
        r#"
        select
            posts.id as "id: PostId",
            posts.text,
            posts.visibility as "visibility: Visibility",
            posts.likes_count,
            posts.comments_count,
            posts.reposts_count,
            posts.created_at,
            posts.published_at,
            posts.edited_at,
            posts.author_id as "author_id: UserId",
            users.username,
            profiles.first_name,
            profiles.last_name
        from posts
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where posts.id = $1
            and posts.deleted_at is null
            and users.state = 'active'
            and (
                posts.author_id = $2
                or (
                    posts.published_at is not null
                    and posts.visibility = 'public'
                    and not profiles.is_private
                )
            )
        "#,
        id.0,
        viewer_id.map(|id| id.0)
    )
    .fetch_optional(connection)
    .await
}

/// Everything that the author has published, and one more than a page.
pub async fn list_own_posts(
    connection: &mut PgConnection,
    author_id: UserId,
    page: PageRequest,
) -> Result<Vec<PostRow>, sqlx::Error> {
    sqlx::query_as!(
        PostRow,
        r#"
        select
            posts.id as "id: PostId",
            posts.text,
            posts.visibility as "visibility: Visibility",
            posts.likes_count,
            posts.comments_count,
            posts.reposts_count,
            posts.created_at,
            posts.published_at,
            posts.edited_at,
            posts.author_id as "author_id: UserId",
            users.username,
            profiles.first_name,
            profiles.last_name
        from posts
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where posts.author_id = $1
            and posts.deleted_at is null
            and posts.published_at is not null
            and (posts.published_at, posts.id) < ($2, $3)
            and users.state = 'active'
        order by posts.published_at desc, posts.id desc
        limit $4
        "#,
        author_id.0,
        page.after.published_at,
        page.after.id,
        one_more(page)
    )
    .fetch_all(connection)
    .await
}

/// What anyone may see of the author's posts, and one more than a page.
pub async fn list_public_posts_of(
    connection: &mut PgConnection,
    author_id: UserId,
    page: PageRequest,
) -> Result<Vec<PostRow>, sqlx::Error> {
    sqlx::query_as!(
        PostRow,
        r#"
        select
            posts.id as "id: PostId",
            posts.text,
            posts.visibility as "visibility: Visibility",
            posts.likes_count,
            posts.comments_count,
            posts.reposts_count,
            posts.created_at,
            posts.published_at,
            posts.edited_at,
            posts.author_id as "author_id: UserId",
            users.username,
            profiles.first_name,
            profiles.last_name
        from posts
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where posts.author_id = $1
            and posts.deleted_at is null
            and posts.published_at is not null
            and posts.visibility = 'public'
            and (posts.published_at, posts.id) < ($2, $3)
            and users.state = 'active'
            and not profiles.is_private
        order by posts.published_at desc, posts.id desc
        limit $4
        "#,
        author_id.0,
        page.after.published_at,
        page.after.id,
        one_more(page)
    )
    .fetch_all(connection)
    .await
}

/// What anyone may see of everyone's posts, and one more than a page.
pub async fn list_public_posts(
    connection: &mut PgConnection,
    page: PageRequest,
) -> Result<Vec<PostRow>, sqlx::Error> {
    sqlx::query_as!(
        PostRow,
        r#"
        select
            posts.id as "id: PostId",
            posts.text,
            posts.visibility as "visibility: Visibility",
            posts.likes_count,
            posts.comments_count,
            posts.reposts_count,
            posts.created_at,
            posts.published_at,
            posts.edited_at,
            posts.author_id as "author_id: UserId",
            users.username,
            profiles.first_name,
            profiles.last_name
        from posts
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where posts.deleted_at is null
            and posts.published_at is not null
            and posts.visibility = 'public'
            and (posts.published_at, posts.id) < ($1, $2)
            and users.state = 'active'
            and not profiles.is_private
        order by posts.published_at desc, posts.id desc
        limit $3
        "#,
        page.after.published_at,
        page.after.id,
        one_more(page)
    )
    .fetch_all(connection)
    .await
}

fn ids(media: &[NewPostMedia]) -> Vec<Uuid> {
    media.iter().map(|media| media.upload_id.0).collect()
}

fn one_more(page: PageRequest) -> i64 {
    i64::try_from(page.limit)
        .unwrap_or(i64::MAX)
        .saturating_add(1)
}
