//! The SQL statements about comments. A statement that adds or removes comments locks their post
//! first and then the comments' parents; all others lock one comment. So there are no deadlocks.

mod likes;
mod prune;

use std::collections::HashMap;

use shared::ids::{CommentId, PostId, UserId};
use sqlx::PgConnection;

pub use likes::change_likes;
pub use prune::prune_comments;

use super::rows::{CommentRequest, CommentRow, InsertedComment};
use crate::http::PageRequest;

/// Comments with their authors; `$1` is the viewer, or null for anonymous requests. This is the
/// only list of columns. `offset 0` makes Postgres look likes up one by one.
macro_rules! select_comments {
    ($comments:literal, $rest:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            CommentRow,
            r#"
            select
                comments.id as "id!: CommentId",
                comments.post_id as "post_id!: PostId",
                comments.parent_id as "parent_id: CommentId",
                comments.text as "text!",
                comments.likes_count as "likes_count!",
                comments.replies_count as "replies_count!",
                comments.created_at as "created_at!",
                comments.edited_at,
                comments.author_id as "author_id!: UserId",
                users.username as "username!",
                profiles.first_name,
                profiles.last_name,
                profiles.avatar_file,
                comments.deleted_at is not null as "is_deleted!",
                comments.deleted_at is null and users.is_visible as "is_seen!",
                exists (
                    select
                    from comment_likes
                    where comment_likes.comment_id = comments.id
                        and comment_likes.user_id = $1
                    offset 0
                ) as "liked!"
            from "#
                + $comments
                + r#" as comments
            join users_as_seen_by($1) as users on users.id = comments.author_id
            join profiles on profiles.user_id = comments.author_id
            "#
                + $rest,
            $($argument),+
        )
    };
}

/// A comment, even if the viewer does not see its text.
pub async fn find_comment(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    id: CommentId,
) -> Result<Option<CommentRow>, sqlx::Error> {
    select_comments!(
        "comments",
        "where comments.id = $2",
        viewer_id.map(|id| id.0),
        id.0
    )
    .fetch_optional(connection)
    .await
}

/// Comments that were just inserted, as their authors see them: nobody likes them yet.
pub async fn find_new_comments(
    connection: &mut PgConnection,
    ids: &[CommentId],
) -> Result<HashMap<CommentId, CommentRow>, sqlx::Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = select_comments!("comments", "where comments.id = any($2)", None::<i64>, &ids)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The comments directly on the post, oldest first, one more than a page.
pub async fn list_comments(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    post_id: PostId,
    page: PageRequest,
) -> Result<Vec<CommentRow>, sqlx::Error> {
    select_comments!(
        r"(
            select *
            from comments
            where post_id = $2
                and parent_id is null
                and (created_at, id) > ($3, $4)
            order by created_at, id
            limit $5
        )",
        "order by comments.created_at, comments.id",
        viewer_id.map(|id| id.0),
        post_id.0,
        page.start.at,
        page.start.id,
        page.rows()
    )
    .fetch_all(connection)
    .await
}

/// The replies to each of `parents`, oldest first and after the same key, one more than requested
/// for each.
pub async fn list_replies(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    parents: &[CommentId],
    page: PageRequest,
) -> Result<Vec<CommentRow>, sqlx::Error> {
    let parents: Vec<i64> = parents.iter().map(|id| id.0).collect();
    select_comments!(
        r"unnest($2::bigint[]) as parents (id)
        cross join lateral (
            select *
            from comments
            where comments.parent_id = parents.id
                and (created_at, id) > ($3, $4)
            order by created_at, id
            limit $5
        )",
        "order by comments.parent_id, comments.created_at, comments.id",
        viewer_id.map(|id| id.0),
        &parents,
        page.start.at,
        page.start.id,
        page.rows()
    )
    .fetch_all(connection)
    .await
}

/// The deleted comments in `tombstones` that have a visible comment below. The search goes level by
/// level and stops after a hundred comments; then the deleted comment is kept.
pub async fn list_kept(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    tombstones: &[CommentId],
) -> Result<Vec<CommentId>, sqlx::Error> {
    let tombstones: Vec<i64> = tombstones.iter().map(|id| id.0).collect();
    sqlx::query_scalar!(
        r#"
        select tombstones.id as "id!: CommentId"
        from unnest($2::bigint[]) as tombstones (id)
        where exists (
            with recursive below as (
                select id, author_id, deleted_at
                from comments
                where parent_id = tombstones.id
                union all
                select replies.id, replies.author_id, replies.deleted_at
                from below
                cross join lateral (
                    select id, author_id, deleted_at
                    from comments
                    where comments.parent_id = below.id
                    offset 0
                ) as replies
            )
            select
            from (select *, row_number() over () as number from below) as below
            where number >= 100
                or deleted_at is null
                and exists (
                    select
                    from visible_users($1) as authors
                    where authors.id = below.author_id
                    offset 0
                )
        )
        "#,
        viewer_id.map(|id| id.0),
        &tombstones
    )
    .fetch_all(connection)
    .await
}

/// Inserts comments on one post, each for an author who sees the post and the comment that it
/// replies to, and counts them at the post and at their parents. Returns one row for each request,
/// in their order.
///
/// The times are taken while the post is locked, so that comments are inserted in list order and a
/// reader of pages misses none. The ids are drawn before the insert, because `returning` does not
/// say which row has which id.
pub async fn insert_comments(
    connection: &mut PgConnection,
    post_id: PostId,
    new: &[&CommentRequest],
) -> Result<Vec<InsertedComment>, sqlx::Error> {
    let author_ids: Vec<i64> = new.iter().map(|new| new.author_id.0).collect();
    let parent_ids: Vec<Option<i64>> = new.iter().map(|new| new.parent_id.map(|id| id.0)).collect();
    let texts: Vec<String> = new.iter().map(|new| new.text.clone()).collect();
    sqlx::query_as!(
        InsertedComment,
        r#"
        with post as materialized (
            select id
            from posts
            where id = $1
                and deleted_at is null
            for no key update
        ),
        asked as materialized (
            select author_id, parent_id, text, place
            from unnest($2::bigint[], $3::bigint[], $4::text[])
                with ordinality as asked (author_id, parent_id, text, place)
        ),
        seen as materialized (
            select asked.place, asked.author_id, asked.parent_id, asked.text
            from asked
            cross join post
            join visible_posts(asked.author_id, false) as posts on posts.id = post.id
        ),
        allowed as materialized (
            select place, author_id, parent_id, text
            from seen
            where parent_id is null
                or exists (
                    select
                    from comments
                    join visible_users(seen.author_id) as authors
                        on authors.id = comments.author_id
                    where comments.id = seen.parent_id
                        and comments.post_id = $1
                        and comments.deleted_at is null
                    offset 0
                )
        ),
        parents as (
            update comments
            set replies_count = replies_count + replies.count
            from (
                select parent_id, count(*) as count
                from allowed
                group by parent_id
            ) as replies
            where comments.id = replies.parent_id
                and comments.post_id = $1
                and comments.deleted_at is null
            returning comments.id
        ),
        numbered as materialized (
            select
                place,
                author_id,
                parent_id,
                text,
                nextval(pg_get_serial_sequence('comments', 'id')) as id
            from allowed
            where parent_id is null
                or parent_id in (select id from parents)
            order by place
        ),
        made as (
            insert into comments (id, post_id, parent_id, author_id, text, created_at)
            overriding system value
            select id, $1, parent_id, author_id, text, clock_timestamp()
            from numbered
            order by id
            returning id
        ),
        counted as (
            update posts
            set comments_count = comments_count + made.count
            from (select count(*) as count from made) as made
            where posts.id = $1
                and made.count > 0
        )
        select
            numbered.id as "id?: CommentId",
            asked.place in (select place from seen) as "is_post_seen!"
        from asked
        left join numbered on numbered.place = asked.place
        order by asked.place
        "#,
        post_id.0,
        &author_ids,
        &parent_ids as &[Option<i64>],
        &texts
    )
    .fetch_all(connection)
    .await
}

/// Whether the statement changed anything.
pub async fn update_text(
    connection: &mut PgConnection,
    id: CommentId,
    text: &str,
) -> Result<bool, sqlx::Error> {
    let updated = sqlx::query!(
        r#"
        update comments
        set text = $2, edited_at = now()
        where id = $1
            and deleted_at is null
            and text <> $2
        "#,
        id.0,
        text
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Hides the comment's text and uncounts it at its post and its parent. False if it was deleted
/// already. The row is removed when it has no replies.
pub async fn mark_deleted(
    connection: &mut PgConnection,
    post_id: PostId,
    id: CommentId,
) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query_scalar!(
        r#"
        with post as materialized (
            select id
            from posts
            where id = $1
                and deleted_at is null
            for no key update
        ),
        deleted as (
            update comments
            set deleted_at = now()
            from post
            where comments.id = $2
                and comments.post_id = post.id
                and comments.deleted_at is null
            returning comments.post_id, comments.parent_id
        ),
        parent as (
            update comments
            set replies_count = replies_count - 1
            from deleted
            where comments.id = deleted.parent_id
        ),
        counted as (
            update posts
            set comments_count = comments_count - 1
            from deleted
            where posts.id = deleted.post_id
        )
        select post_id
        from deleted
        "#,
        post_id.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(deleted.is_some())
}
