//! Who may see and change whose profile: anyone sees it, as long as its user is active and no block
//! lies between the two; its user changes it.

use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

pub use super::fields::BIO_CHARS;
use super::model::{OwnUser, ProfilePatch, SeenUser, User};
use super::{fields, store};
use crate::accounts;
use crate::accounts::model::Me;
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// A user's profile.
pub async fn get_user(app: &App, viewer: Option<&Principal>, username: &str) -> ApiResult<User> {
    let mut connection = app.pool.acquire().await?;
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let row = store::find_user(&mut connection, viewer_id, searchable(username)?).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    Ok(row.into_user(viewer_id))
}

/// The user with what only they see.
pub async fn get_own_user(connection: &mut PgConnection, user_id: UserId) -> ApiResult<OwnUser> {
    let mut row = store::get_own_user(connection, user_id).await?;
    let email = row.email.take().unwrap_or_default();
    let role = std::mem::take(&mut row.role);
    Ok(OwnUser {
        user: row.into_user(Some(user_id)),
        email,
        role,
    })
}

/// A user whom the viewer sees; 404 for who is unknown or not active, and where one of the two
/// blocks the other.
pub async fn find_visible_user(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    username: &str,
) -> ApiResult<SeenUser> {
    let viewer_id = viewer.map(|viewer| viewer.user_id);
    let found = store::find_visible_user(connection, viewer_id, searchable(username)?).await?;
    found.ok_or_else(ApiError::not_found)
}

/// Those of `ids` whom the viewer sees, in the order given: one statement.
pub async fn list_users(
    _app: &App,
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

/// Changes the caller's own profile; what is not named stays.
pub async fn update_me(app: &App, caller: &Principal, patch: ProfilePatch) -> ApiResult<Me> {
    let faults = fields::faults(&patch);
    if !faults.is_empty() {
        return Err(ApiError::fields(faults));
    }
    let mut tx = app.pool.begin().await?;
    store::update_profile(&mut tx, caller.user_id, &patch).await?;
    let me = accounts::actions::read_me(&mut tx, caller.user_id).await?;
    tx.commit().await?;
    Ok(me)
}

/// Postgres knows no text with a NUL, so nobody is called that.
fn searchable(username: &str) -> ApiResult<&str> {
    if username.contains('\0') {
        Err(ApiError::not_found())
    } else {
        Ok(username)
    }
}
