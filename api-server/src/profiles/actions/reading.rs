//! Visibility of users: everyone sees an active user, unless one of the two blocks the other.

use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

use crate::app::App;
use crate::audit::actions::record_admin_read;
use crate::audit::model::Subject;
use crate::http::{ApiError, ApiResult, Page, PageKeys};
use crate::profiles::model::{Me, SeenUser, SoughtUsername, User};
use crate::profiles::store;
use crate::rights::actions::require_admin;

/// A user's profile.
pub async fn get_user(
    app: &App,
    viewer: Option<&Principal>,
    username: SoughtUsername,
) -> ApiResult<User> {
    let mut connection = app.pool.acquire().await?;
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let row = store::find_user(&mut connection, viewer_id, &username).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    if let Some(admin) = viewer.filter(|_| !row.is_visible) {
        let subject = Subject::User(row.id);
        record_admin_read(&mut connection, admin.user_id, subject).await?;
    }
    Ok(row.into_user(viewer_id))
}

/// The user with the fields that only they see.
pub async fn get_own_user(connection: &mut PgConnection, user_id: UserId) -> ApiResult<Me> {
    let mut row = store::get_own_user(connection, user_id).await?;
    let email = row.email.take().unwrap_or_default();
    let role = row.role;
    Ok(Me {
        user: row.into_user(Some(user_id)),
        email,
        role,
    })
}

/// A user whom the viewer sees; 404 for an unknown or inactive user, and if one of the two blocks
/// the other.
pub async fn find_visible_user(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    username: &SoughtUsername,
) -> ApiResult<SeenUser> {
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let found = store::find_visible_user(connection, viewer_id, username).await?;
    found.ok_or_else(ApiError::not_found)
}

/// The user with this name, visible or not; for blocks and mutes.
pub async fn find_any_user(
    connection: &mut PgConnection,
    username: &SoughtUsername,
) -> ApiResult<UserId> {
    let found = store::find_any_user(connection, username).await?;
    found.ok_or_else(ApiError::not_found)
}

/// The id of a user whose followers and followees the viewer may read: only followers of a private
/// account may. An admin may read all; that is recorded if the role was needed.
pub async fn find_listed_user(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    username: &SoughtUsername,
) -> ApiResult<UserId> {
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let found = store::find_visible_user(connection, viewer_id, username).await?;
    let is_open =
        |user: &SeenUser| !user.is_private || user.viewer_follows || viewer_id == Some(user.id);
    if let Some(user) = found.filter(is_open) {
        return Ok(user.id);
    }
    let admin_id = require_admin(connection, viewer).await?;
    let row = store::find_user(connection, viewer_id, username).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    record_admin_read(connection, admin_id, Subject::User(row.id)).await?;
    Ok(row.id)
}

/// Another user whom the caller sees.
pub async fn find_other_user(
    connection: &mut PgConnection,
    caller: &Principal,
    username: &SoughtUsername,
) -> ApiResult<SeenUser> {
    let user = find_visible_user(connection, Some(caller), username).await?;
    refuse_oneself(caller, user.id)?;
    Ok(user)
}

/// 422 for actions that need another user.
pub fn refuse_oneself(caller: &Principal, user_id: UserId) -> ApiResult<()> {
    if caller.user_id == user_id {
        let detail = "you cannot do this to yourself";
        return Err(ApiError::unacceptable_at(
            "own_account",
            "/username",
            detail,
        ));
    }
    Ok(())
}

/// The users of `ids` whom the viewer sees, in the given order: one statement.
pub async fn list_users(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    ids: &[UserId],
) -> ApiResult<Vec<User>> {
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let rows = store::list_users(connection, viewer_id, ids, false).await?;
    Ok(rows
        .into_iter()
        .map(|row| row.into_user(viewer_id))
        .collect())
}

/// The active users of `ids`, for a caller who blocks them.
pub async fn list_blocked_users(
    connection: &mut PgConnection,
    caller: &Principal,
    ids: &[UserId],
) -> ApiResult<Vec<User>> {
    let viewer_id = Some(caller.user_id);
    let rows = store::list_users(connection, viewer_id, ids, true).await?;
    Ok(rows
        .into_iter()
        .map(|row| row.into_user(viewer_id))
        .collect())
}

/// A page of the users at these keys, without users whom the viewer does not see.
pub async fn page_of_users(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    keys: PageKeys<'_>,
) -> ApiResult<Page<User>> {
    let users = list_users(connection, viewer, &keys.ids(UserId)).await?;
    Ok(keys.page(users))
}
