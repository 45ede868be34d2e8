//! Permissions of follows: a user may follow anyone whom they see; a private account must agree
//! first.
//!
//! A change of an edge first locks both profiles, in the order of their ids. So two users who
//! follow each other at the same time cannot deadlock, and statements after the lock see all
//! earlier blocks and changes of privacy.

use shared::auth::Principal;
use shared::events::{self, FollowEvent};
use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::Edge;
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::profiles::actions::{
    find_listed_user, find_other_user, find_visible_user, page_of_users,
};
use crate::profiles::model::{SoughtUsername, User};

const FOLLOWERS: ListKind = ListKind::newest_first(3);
const FOLLOWING: ListKind = ListKind::newest_first(4);
const FOLLOW_REQUESTS: ListKind = ListKind::newest_first(5);

/// Follows a user, or requests to follow a private account. Idempotent.
pub async fn follow_user(app: &App, caller: &Principal, username: SoughtUsername) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let user = find_other_user(&mut tx, caller, &username).await?;
    let edge = Edge::new(caller.user_id, user.id);
    store::lock_profiles(&mut tx, edge).await?;
    let followed = store::insert_follow(&mut tx, edge).await?;
    if !followed.is_allowed {
        return Err(ApiError::not_found());
    }
    if followed.is_new_follow {
        tell(&mut tx, FollowEvent::Created, edge).await?;
    }
    if followed.is_new_request {
        tell(&mut tx, FollowEvent::Requested, edge).await?;
    }
    tx.commit().await?;
    app.events.wake();
    Ok(())
}

/// Ends a follow or a request.
pub async fn unfollow_user(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let user = find_visible_user(&mut tx, Some(caller), &username).await?;
    let edge = Edge::new(caller.user_id, user.id);
    store::lock_profiles(&mut tx, edge).await?;
    end(&mut tx, edge).await?;
    tx.commit().await?;
    app.events.wake();
    Ok(())
}

/// Ends follows and requests between two users in both directions. Both profiles stay locked until
/// the transaction ends, so it must not hold any lock yet.
pub async fn end_between(
    connection: &mut PgConnection,
    one: UserId,
    other: UserId,
) -> ApiResult<()> {
    let (there, back) = (Edge::new(one, other), Edge::new(other, one));
    store::lock_profiles(connection, there).await?;
    end(connection, there).await?;
    end(connection, back).await
}

/// Accepts a follow request. A user who already follows keeps following.
pub async fn accept_follow_request(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let edge = requested_edge(&mut tx, caller, &username).await?;
    let accepted = store::accept_request(&mut tx, edge).await?;
    if accepted.is_new_follow {
        tell(&mut tx, FollowEvent::Created, edge).await?;
    } else if !accepted.is_follow {
        return Err(ApiError::not_found());
    }
    tx.commit().await?;
    app.events.wake();
    Ok(())
}

/// Declines a follow request; the user may request again.
pub async fn decline_follow_request(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let edge = requested_edge(&mut tx, caller, &username).await?;
    if store::delete_request(&mut tx, edge).await? {
        tell(&mut tx, FollowEvent::RequestDeleted, edge).await?;
    }
    tx.commit().await?;
    app.events.wake();
    Ok(())
}

/// The followers of a user, the newest first. A private account shows them only to followers.
pub async fn list_followers(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
    query: PageQuery,
) -> ApiResult<Page<User>> {
    let mut connection = app.pool.acquire().await?;
    let user_id = find_listed_user(&mut connection, Some(caller), &username).await?;
    let asked = query.of(FOLLOWERS.of(user_id.0), &app.cursors)?;
    let keys =
        store::list_followers(&mut connection, caller.user_id, user_id, asked.request).await?;
    page_of_users(
        &mut connection,
        Some(caller),
        PageKeys::scanned(&keys, asked),
    )
    .await
}

/// The followees of a user, the newest first. A private account shows them only to followers.
pub async fn list_following(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
    query: PageQuery,
) -> ApiResult<Page<User>> {
    let mut connection = app.pool.acquire().await?;
    let user_id = find_listed_user(&mut connection, Some(caller), &username).await?;
    let asked = query.of(FOLLOWING.of(user_id.0), &app.cursors)?;
    let keys =
        store::list_following(&mut connection, caller.user_id, user_id, asked.request).await?;
    page_of_users(
        &mut connection,
        Some(caller),
        PageKeys::scanned(&keys, asked),
    )
    .await
}

/// The users who request to follow the caller, the newest first.
pub async fn list_follow_requests(
    app: &App,
    caller: &Principal,
    query: PageQuery,
) -> ApiResult<Page<User>> {
    let asked = query.of(FOLLOW_REQUESTS.of(caller.user_id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let keys = store::list_requests(&mut connection, caller.user_id, asked.request).await?;
    page_of_users(
        &mut connection,
        Some(caller),
        PageKeys::scanned(&keys, asked),
    )
    .await
}

/// Locks the profiles for a request of `username` to the caller.
async fn requested_edge(
    connection: &mut PgConnection,
    caller: &Principal,
    username: &SoughtUsername,
) -> ApiResult<Edge> {
    let requester = find_visible_user(connection, Some(caller), username).await?;
    let edge = Edge::new(requester.id, caller.user_id);
    store::lock_profiles(connection, edge).await?;
    Ok(edge)
}

async fn end(connection: &mut PgConnection, edge: Edge) -> ApiResult<()> {
    let ended = store::delete_follow(connection, edge).await?;
    if ended.has_unfollowed {
        tell(connection, FollowEvent::Deleted, edge).await?;
    }
    if ended.has_withdrawn {
        tell(connection, FollowEvent::RequestDeleted, edge).await?;
    }
    Ok(())
}

async fn tell(connection: &mut PgConnection, event: FollowEvent, edge: Edge) -> ApiResult<()> {
    events::insert_follow_event(connection, event, edge.follower_id, edge.followee_id).await?;
    Ok(())
}
