//! The SQL statements about posts. The database's function `visible_posts` decides who sees a post.
//!
//! Lists find keys, by `(published_at, id)` and never by id alone, and one more than a page, which
//! shows whether there is a next page.

mod attached;

use shared::ids::{PostId, UserId};
use sqlx::PgConnection;

pub use attached::{attach_media, claim_media, list_attached};

use super::model::{Edit, LockedPost, NewPost, PostRow, SeenPost, Visibility};
use crate::http::{PageKey, PageRequest};

/// Counts the post in the same statement, unless only its author sees it. `None` if the post is
/// public and the account is private, which is checked under the account's lock.
pub async fn insert_post(
    connection: &mut PgConnection,
    author_id: UserId,
    new: &NewPost,
) -> Result<Option<PostId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        with counted as (
            update profiles
            set posts_count = posts_count + 1
            where user_id = $1
                and $3 <> 'private'
                and not ($3 = 'public' and is_private)
            returning user_id
        )
        insert into posts (author_id, text, visibility, published_at)
        select $1, $2, $3, now()
        where $3 = 'private'
            or exists (select from counted)
        returning id as "id: PostId"
        "#,
        author_id.0,
        &*new.text,
        new.visibility as Visibility
    )
    .fetch_optional(connection)
    .await
}

/// Posts from the rows of `visible_posts`: `$1` is the viewer, or null for anyone. The rest of the
/// query may use `posts`. This is the only list of columns.
macro_rules! select_posts {
    ($seen:literal, $rest:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            PostRow,
            r#"
            select
                posts.id as "id!: PostId",
                posts.text as "text!",
                posts.visibility as "visibility!: Visibility",
                posts.likes_count as "likes_count!",
                posts.comments_count as "comments_count!",
                posts.reposts_count as "reposts_count!",
                posts.created_at as "created_at!",
                posts.edited_at,
                posts.author_id as "author_id!: UserId",
                posts.username as "username!",
                posts.first_name as "first_name!",
                posts.last_name as "last_name!",
                posts.avatar_file,
                posts.is_open as "is_open!",
                exists (
                    select
                    from post_likes
                    where post_likes.post_id = posts.id
                        and post_likes.user_id = $1
                ) as "liked!"
            from "#
                + $seen
                + " as posts "
                + $rest,
            $($argument),+
        )
    };
}

/// The posts of `ids` that the viewer may see, in the given order.
pub async fn list_posts(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    ids: &[PostId],
) -> Result<Vec<PostRow>, sqlx::Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    select_posts!(
        "visible_posts($1, false)",
        "where posts.id = any($2) order by array_position($2, posts.id)",
        viewer_id.map(|id| id.0),
        &ids
    )
    .fetch_all(connection)
    .await
}

/// An existing post, visible or not.
pub async fn find_any_post(
    connection: &mut PgConnection,
    viewer_id: UserId,
    id: PostId,
) -> Result<Option<PostRow>, sqlx::Error> {
    select_posts!(
        "visible_posts($1, true)",
        "where posts.id = $2",
        viewer_id.0,
        id.0
    )
    .fetch_optional(connection)
    .await
}

/// The data for permission checks of a post; `None` if the viewer does not see it.
pub async fn find_seen_post(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    id: PostId,
) -> Result<Option<SeenPost>, sqlx::Error> {
    sqlx::query_as!(
        SeenPost,
        r#"
        select author_id as "author_id!: UserId"
        from visible_posts($1, false)
        where id = $2
        "#,
        viewer_id.map(|id| id.0),
        id.0
    )
    .fetch_optional(connection)
    .await
}

/// Locks an existing post, so that its changes take turns. The order of locks is posts, uploads,
/// jobs, media, profiles.
pub async fn lock_post(
    connection: &mut PgConnection,
    id: PostId,
) -> Result<Option<LockedPost>, sqlx::Error> {
    sqlx::query_as!(
        LockedPost,
        r#"
        select
            posts.text,
            posts.visibility as "visibility: Visibility",
            posts.published_at is not null as "is_published!",
            profiles.is_private as is_account_private
        from posts
        join profiles on profiles.user_id = posts.author_id
        where posts.id = $1
            and posts.deleted_at is null
        for no key update of posts
        "#,
        id.0
    )
    .fetch_optional(connection)
    .await
}

/// Changes a locked post, and the number of its author's posts in the same statement.
pub async fn update_post(
    connection: &mut PgConnection,
    id: PostId,
    edit: &Edit,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        with counted as (
            update profiles
            set posts_count = posts_count + $5::bigint
            from posts
            where posts.id = $1
                and profiles.user_id = posts.author_id
                and $5::bigint <> 0
        )
        update posts
        set text = $2,
            visibility = $3,
            edited_at = case when $4 then now() else edited_at end
        where id = $1
        "#,
        id.0,
        edit.text,
        edit.visibility as Visibility,
        edit.is_content,
        edit.count_delta
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Hides a post and uncounts it at its author. Returns the author; `None` if the post does not
/// exist.
pub async fn delete_post(
    connection: &mut PgConnection,
    id: PostId,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        with deleted as (
            update posts
            set deleted_at = now()
            where id = $1
                and deleted_at is null
            returning author_id, published_at is not null and visibility <> 'private' as is_counted
        ),
        counted as (
            update profiles
            set posts_count = posts_count - 1
            from deleted
            where user_id = author_id
                and is_counted
        )
        select author_id as "author_id!: UserId"
        from deleted
        "#,
        id.0
    )
    .fetch_optional(connection)
    .await
}

/// The keys of the author's published posts that satisfy `$filter`. A single query, so that the
/// lists differ in nothing else.
macro_rules! select_keys_of {
    ($filter:literal, $author_id:expr, $page:expr) => {
        sqlx::query_as!(
            PageKey,
            r#"
            select published_at as "at!", id
            from posts
            where author_id = $1
                and deleted_at is null
                and published_at is not null
            "#
                + $filter
                + r#"
                and (published_at, id) < ($2, $3)
                and (published_at, id) > ($5, $6)
            order by published_at desc, id desc
            limit $4
            "#,
            $author_id.0,
            $page.start.at,
            $page.start.id,
            $page.rows(),
            $page.end.at,
            $page.end.id
        )
    };
}

/// The keys of all published posts of the author, one more than a page.
pub async fn list_own_keys(
    connection: &mut PgConnection,
    author_id: UserId,
    page: PageRequest,
) -> Result<Vec<PageKey>, sqlx::Error> {
    select_keys_of!("", author_id, page)
        .fetch_all(connection)
        .await
}

/// The keys of the author's public posts, one more than a page.
pub async fn list_public_keys_of(
    connection: &mut PgConnection,
    author_id: UserId,
    page: PageRequest,
) -> Result<Vec<PageKey>, sqlx::Error> {
    select_keys_of!("and visibility = 'public'", author_id, page)
        .fetch_all(connection)
        .await
}

/// The keys of the author's posts that their followers see, one more than a page.
pub async fn list_shared_keys_of(
    connection: &mut PgConnection,
    author_id: UserId,
    page: PageRequest,
) -> Result<Vec<PageKey>, sqlx::Error> {
    select_keys_of!("and visibility in ('public', 'followers')", author_id, page)
        .fetch_all(connection)
        .await
}
