//! The SQL statements about follows and follow requests. Counters change in the statement that
//! changes the edge; both profiles are locked before.

use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Accepted, Edge, Ended, Followed};
use crate::http::{PageRequest, ScannedKey};
use crate::store::list_pairs;

/// Locks both profiles, in the order of their ids, until the transaction ends.
pub async fn lock_profiles(connection: &mut PgConnection, edge: Edge) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        select user_id
        from profiles
        where user_id in ($1, $2)
        order by user_id
        for no key update
        "#,
        edge.follower_id.0,
        edge.followee_id.0
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Inserts a follow, or a request if the followee is private. A follow removes an old request.
pub async fn insert_follow(
    connection: &mut PgConnection,
    edge: Edge,
) -> Result<Followed, sqlx::Error> {
    sqlx::query_as!(
        Followed,
        r#"
        with allowed as (
            select users.id, profiles.is_private
            from visible_users($1) as users
            join profiles on profiles.user_id = users.id
            where users.id = $2
        ),
        followed as (
            insert into follows (follower_id, followee_id)
            select $1, id
            from allowed
            where not is_private
            on conflict do nothing
            returning followee_id
        ),
        requested as (
            insert into follow_requests (requester_id, target_id)
            select $1, id
            from allowed
            where is_private
                and not exists (select from follows where follower_id = $1 and followee_id = $2)
            on conflict do nothing
            returning target_id
        ),
        settled as (
            delete from follow_requests
            using followed
            where requester_id = $1
                and target_id = followed.followee_id
        ),
        counted as (
            update profiles
            set followers_count = followers_count + (user_id = $2)::integer,
                following_count = following_count + (user_id = $1)::integer
            from followed
            where user_id in ($1, $2)
        )
        select
            exists (select from allowed) as "is_allowed!",
            exists (select from followed) as "is_new_follow!",
            exists (select from requested) as "is_new_request!"
        "#,
        edge.follower_id.0,
        edge.followee_id.0
    )
    .fetch_one(connection)
    .await
}

/// Deletes the follow or the request, whichever exists.
pub async fn delete_follow(
    connection: &mut PgConnection,
    edge: Edge,
) -> Result<Ended, sqlx::Error> {
    sqlx::query_as!(
        Ended,
        r#"
        with unfollowed as (
            delete from follows
            where follower_id = $1
                and followee_id = $2
            returning followee_id
        ),
        withdrawn as (
            delete from follow_requests
            where requester_id = $1
                and target_id = $2
            returning target_id
        ),
        counted as (
            update profiles
            set followers_count = followers_count - (user_id = $2)::integer,
                following_count = following_count - (user_id = $1)::integer
            from unfollowed
            where user_id in ($1, $2)
        )
        select
            exists (select from unfollowed) as "has_unfollowed!",
            exists (select from withdrawn) as "has_withdrawn!"
        "#,
        edge.follower_id.0,
        edge.followee_id.0
    )
    .fetch_one(connection)
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
