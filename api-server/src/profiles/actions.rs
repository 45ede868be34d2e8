//! Who may see whose profile: anyone, as long as its user is active.

use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Relation, User};
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// A user's profile.
pub async fn get_user(app: &App, viewer: Option<&Principal>, username: &str) -> ApiResult<User> {
    let mut connection = app.pool.acquire().await?;
    let username = searchable(username)?;
    let found = store::find_user(&mut connection, username).await?;
    let mut user = found.ok_or_else(ApiError::not_found)?;
    // Nobody can follow or mute yet, so there is nothing between two people.
    user.viewer = viewer
        .filter(|viewer| viewer.user_id != user.id)
        .map(|_| Relation::default());
    Ok(user)
}

/// The id of a user whom the caller may see.
pub async fn find_user_id(connection: &mut PgConnection, username: &str) -> ApiResult<UserId> {
    let found = store::find_user_id(connection, searchable(username)?).await?;
    found.ok_or_else(ApiError::not_found)
}

/// Postgres knows no text with a NUL, so nobody is called that.
fn searchable(username: &str) -> ApiResult<&str> {
    if username.contains('\0') {
        Err(ApiError::not_found())
    } else {
        Ok(username)
    }
}
