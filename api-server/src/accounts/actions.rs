//! What may be done with accounts, and by whom.

use http::StatusCode;
use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

pub use super::fields::{NAME_RULE, is_name};
use super::model::{Me, NewUser};
use super::{fields, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::profiles;

/// Makes a user and their profile, together or not at all. Anyone may.
pub async fn create_user(app: &App, new: NewUser) -> ApiResult<Me> {
    let faults = fields::faults(&new);
    if !faults.is_empty() {
        return Err(ApiError::fields(faults));
    }
    let password_hash = app.passwords.hash(new.password.clone()).await?;
    let mut tx = app.pool.begin().await?;
    let user_id = store::insert_user(&mut tx, &new, &password_hash).await?;
    store::insert_profile(&mut tx, user_id, &new).await?;
    let me = read_me(&mut tx, user_id).await?;
    tx.commit().await?;
    tracing::info!(user.id = %user_id, "an account was made");
    Ok(me)
}

/// The caller's own account.
pub async fn get_me(app: &App, caller: &Principal) -> ApiResult<Me> {
    let mut connection = app.pool.acquire().await?;
    read_me(&mut connection, caller.user_id).await
}

/// An account as its owner sees it.
pub async fn read_me(connection: &mut PgConnection, user_id: UserId) -> ApiResult<Me> {
    let own = profiles::actions::get_own_user(connection, user_id).await?;
    Ok(Me {
        user: own.user,
        email: own.email,
        role: own.role,
    })
}

/// Whether the user is an admin now: by the row, not by what a token said when it was signed.
pub async fn is_admin(connection: &mut PgConnection, user_id: UserId) -> Result<bool, sqlx::Error> {
    store::is_admin(connection, user_id).await
}

/// Whose `login` (username or e-mail) and password these are. An unknown login and a wrong
/// password are one answer and cost the same.
pub async fn check_password(app: &App, login: &str, password: String) -> ApiResult<UserId> {
    let mut connection = app.pool.acquire().await?;
    let found = store::find_credentials(&mut connection, login).await?;
    drop(connection);
    let hash = found
        .as_ref()
        .map(|credentials| credentials.password_hash.clone());
    let is_right = app.passwords.is_right(password, hash).await?;
    match found.filter(|_| is_right) {
        Some(credentials) if credentials.state == "active" => Ok(credentials.user_id),
        Some(credentials) if credentials.state == "suspended" => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "suspended",
            "the account is suspended",
        )),
        _ => Err(ApiError::unauthorized(
            "invalid_credentials",
            "the login or the password is wrong",
        )),
    }
}
