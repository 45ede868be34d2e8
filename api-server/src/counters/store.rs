//! The statements that count again. They read whole tables; each sees a single snapshot.

use sqlx::PgConnection;

/// Counting takes longer than a request may; this applies to one transaction.
pub async fn set_patience(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("select set_config('statement_timeout', '0', true)")
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Every counter, with the number of rows in which it is wrong. Deleted rows are being purged and
/// are skipped.
pub async fn list_drift(connection: &mut PgConnection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        with
        likes as (select post_id, count(*) from post_likes group by 1),
        answers as (
            select post_id, count(*) from comments where deleted_at is null group by 1
        ),
        liked as (select comment_id, count(*) from comment_likes group by 1),
        replies as (
            select parent_id, count(*)
            from comments
            where deleted_at is null
                and parent_id is not null
            group by 1
        ),
        followers as (select followee_id, count(*) from follows group by 1),
        followees as (select follower_id, count(*) from follows group by 1),
        written as (
            select author_id, count(*)
            from posts
            where deleted_at is null
                and published_at is not null
                and visibility <> 'private'
            group by 1
        ),
        of_posts as (
            select
                count(*) filter (where likes_count <> coalesce(likes.count, 0)) as likes,
                count(*) filter (where comments_count <> coalesce(answers.count, 0)) as comments
            from posts
            left join likes on likes.post_id = posts.id
            left join answers on answers.post_id = posts.id
            where posts.deleted_at is null
        ),
        of_comments as (
            select
                count(*) filter (where comments.likes_count <> coalesce(liked.count, 0)) as likes,
                count(*) filter (where replies_count <> coalesce(replies.count, 0)) as replies
            from comments
            join posts on posts.id = comments.post_id
            left join liked on liked.comment_id = comments.id
            left join replies on replies.parent_id = comments.id
            where posts.deleted_at is null
        ),
        of_profiles as (
            select
                count(*) filter (where followers_count <> coalesce(followers.count, 0))
                    as followers,
                count(*) filter (where following_count <> coalesce(followees.count, 0))
                    as following,
                count(*) filter (where posts_count <> coalesce(written.count, 0)) as posts
            from profiles
            left join followers on followers.followee_id = user_id
            left join followees on followees.follower_id = user_id
            left join written on written.author_id = user_id
        )
        select 'posts.likes_count' as "counter!", likes as "rows!" from of_posts
        union all select 'posts.comments_count', comments from of_posts
        union all select 'comments.likes_count', likes from of_comments
        union all select 'comments.replies_count', replies from of_comments
        union all select 'profiles.followers_count', followers from of_profiles
        union all select 'profiles.following_count', following from of_profiles
        union all select 'profiles.posts_count', posts from of_profiles
        "#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.counter, row.rows))
        .collect())
}
