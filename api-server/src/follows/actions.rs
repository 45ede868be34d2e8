//! Permissions of follows: a user may follow anyone whom they see; a private account must agree
//! first. `batch` says how profiles are locked.

use shared::auth::Principal;
use shared::events::{self, FollowEvent};
use shared::ids::UserId;
use sqlx::PgConnection;

use super::batch::change_follows;
use super::model::Edge;
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::profiles::actions::{
    find_listed_user, find_other_user, find_visible_user, page_of_users,
};
use crate::profiles::model::{SoughtUsername, User};
use crate::switches::{Switch, Switches};

const FOLLOWERS: ListKind = ListKind::newest_first(3);
const FOLLOWING: ListKind = ListKind::newest_first(4);
const FOLLOW_REQUESTS: ListKind = ListKind::newest_first(5);

/// Follows a user, or requests to follow a private account. Idempotent.
pub async fn follow_user(app: &App, caller: &Principal, username: SoughtUsername) -> ApiResult<()> {
    let mut connection = app.pool.acquire().await?;
    let user = find_other_user(&mut connection, caller, &username).await?;
    drop(connection);
    let is_allowed = app.batches.follows.submit(user.id, put(caller)).await?;
    is_allowed.then_some(()).ok_or_else(ApiError::not_found)
}

/// Ends a follow or a request.
pub async fn unfollow_user(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
) -> ApiResult<()> {
    let mut connection = app.pool.acquire().await?;
    let user = find_visible_user(&mut connection, Some(caller), &username).await?;
    drop(connection);
    let delete = Switch {
        is_on: false,
        ..put(caller)
    };
    app.batches.follows.submit(user.id, delete).await?;
    Ok(())
}

/// Ends follows and requests between two users in both directions. Both profiles stay locked until
/// the transaction ends, so it must not hold any lock yet.
pub async fn end_between(
    connection: &mut PgConnection,
    one: UserId,
    other: UserId,
) -> ApiResult<()> {
    store::lock_profiles(connection, &[one.0, other.0]).await?;
    for (user_id, followee_id) in [(one, other), (other, one)] {
        let delete = Switch {
            user_id,
            is_on: false,
        };
        change_follows(connection, followee_id, &Switches::of(&[delete])).await?;
    }
    Ok(())
}

fn put(caller: &Principal) -> Switch {
    Switch {
        user_id: caller.user_id,
        is_on: true,
    }
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
        insert_event(&mut tx, FollowEvent::Created, edge).await?;
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
        insert_event(&mut tx, FollowEvent::RequestDeleted, edge).await?;
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
    store::lock_profiles(connection, &[edge.follower_id.0, edge.followee_id.0]).await?;
    Ok(edge)
}

async fn insert_event(
    connection: &mut PgConnection,
    event: FollowEvent,
    edge: Edge,
) -> ApiResult<()> {
    let followers = [edge.follower_id];
    events::insert_follow_events(connection, event, &followers, edge.followee_id).await?;
    Ok(())
}
