//! The SQL statements about follows and follow requests. Counters change in the statement that
//! changes the edges; all profiles are locked before.

use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Accepted, ChangedFollow, Edge};
use crate::http::{PageRequest, ScannedKey};
use crate::store::list_pairs;
use crate::switches::Switches;

/// Locks profiles, in the order of their ids, until the transaction ends.
pub async fn lock_profiles(
    connection: &mut PgConnection,
    user_ids: &[i64],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        select user_id
        from profiles
        where user_id = any($1)
        order by user_id
        for no key update
        "#,
        user_ids
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Inserts follows of one user, or requests if that user is private, and deletes others. A follow
/// removes an old request. All profiles are locked.
pub async fn change_follows(
    connection: &mut PgConnection,
    followee_id: UserId,
    switches: &Switches,
) -> Result<Vec<ChangedFollow>, sqlx::Error> {
    sqlx::query_as!(
        ChangedFollow,
        r#"
        with asked as materialized (
            select
                asked.follower_id,
                asked.is_on,
                users.id is not null as is_allowed,
                profiles.is_private
            from unnest($2::bigint[], $3::boolean[]) as asked (follower_id, is_on)
            join profiles on profiles.user_id = $1
            left join lateral (
                select id from visible_users(asked.follower_id) as users where users.id = $1
            ) as users on true
        ),
        followed as (
            insert into follows (follower_id, followee_id)
            select follower_id, $1
            from asked
            where is_on
                and is_allowed
                and not is_private
            on conflict do nothing
            returning follower_id
        ),
        requested as (
            insert into follow_requests (requester_id, target_id)
            select follower_id, $1
            from asked
            where is_on
                and is_allowed
                and is_private
                and not exists (
                    select
                    from follows
                    where follows.follower_id = asked.follower_id
                        and follows.followee_id = $1
                )
            on conflict do nothing
            returning requester_id
        ),
        settled as (
            delete from follow_requests
            using followed
            where requester_id = followed.follower_id
                and target_id = $1
        ),
        unfollowed as (
            delete from follows
            using asked
            where follows.follower_id = asked.follower_id
                and follows.followee_id = $1
                and not asked.is_on
            returning follows.follower_id
        ),
        withdrawn as (
            delete from follow_requests
            using asked
            where requester_id = asked.follower_id
                and target_id = $1
                and not asked.is_on
            returning requester_id
        ),
        changed as (
            select follower_id, 1 as difference from followed
            union all
            select follower_id, -1 from unfollowed
        ),
        counted as (
            update profiles
            set followers_count = followers_count + changes.followers,
                following_count = following_count + changes.following
            from (
                select follower_id as user_id, 0 as followers, difference as following
                from changed
                union all
                select $1, sum(difference), 0
                from changed
            ) as changes
            where profiles.user_id = changes.user_id
                and (changes.followers <> 0 or changes.following <> 0)
        )
        select
            follower_id as "follower_id!: UserId",
            is_allowed as "is_allowed!",
            follower_id in (select follower_id from followed) as "is_new_follow!",
            follower_id in (select requester_id from requested) as "is_new_request!",
            follower_id in (select follower_id from unfollowed) as "has_unfollowed!",
            follower_id in (select requester_id from withdrawn) as "has_withdrawn!"
        from asked
        order by follower_id
        "#,
        followee_id.0,
        &switches.user_ids,
        &switches.are_on
    )
    .fetch_all(connection)
    .await
}

/// Turns a request into a follow.
pub async fn accept_request(
    connection: &mut PgConnection,
    edge: Edge,
) -> Result<Accepted, sqlx::Error> {
    sqlx::query_as!(
        Accepted,
        r#"
        with settled as (
            delete from follow_requests
            where requester_id = $1
                and target_id = $2
            returning requester_id, target_id
        ),
        followed as (
            insert into follows (follower_id, followee_id)
            select requester_id, target_id
            from settled
            on conflict do nothing
            returning followee_id
        ),
        counted as (
            update profiles
            set followers_count = followers_count + (user_id = $2)::integer,
                following_count = following_count + (user_id = $1)::integer
            from followed
            where user_id in ($1, $2)
        )
        select
            exists (select from followed) as "is_new_follow!",
            exists (
                select from follows where follower_id = $1 and followee_id = $2
            ) as "is_follow!"
        "#,
        edge.follower_id.0,
        edge.followee_id.0
    )
    .fetch_one(connection)
    .await
}

/// Whether there was a request.
pub async fn delete_request(
    connection: &mut PgConnection,
    edge: Edge,
) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query!(
        r#"
        delete from follow_requests
        where requester_id = $1
            and target_id = $2
        "#,
        edge.follower_id.0,
        edge.followee_id.0
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The followers of the user, one more than a page.
pub async fn list_followers(
    connection: &mut PgConnection,
    viewer_id: UserId,
    user_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "follows", "followee_id" => "follower_id", "visible_users($1)", user_id, viewer_id, page
    )
    .fetch_all(connection)
    .await
}

/// The followees of the user, one more than a page.
pub async fn list_following(
    connection: &mut PgConnection,
    viewer_id: UserId,
    user_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "follows", "follower_id" => "followee_id", "visible_users($1)", user_id, viewer_id, page
    )
    .fetch_all(connection)
    .await
}

/// The users who request to follow the user, one more than a page.
pub async fn list_requests(
    connection: &mut PgConnection,
    user_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "follow_requests", "target_id" => "requester_id",
        "visible_users($1)", user_id, user_id, page
    )
    .fetch_all(connection)
    .await
}
