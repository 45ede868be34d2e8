//! Verifies a user's password.

use http::StatusCode;
use sqlx::PgConnection;

use super::attempts::{begin_attempt, confirm_attempt, withdraw_attempt};
use super::model::{Attempt, Claim, Credentials, Login, Proven, Target};
use super::store;
use crate::account_texts::mailbox;
use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::rights::model::AccountState;

/// The user with this login and password. An unknown login and a wrong password get the same
/// answer, cost the same time, and are slowed alike.
pub async fn prove_user(app: &App, claim: Claim<'_>) -> ApiResult<Proven> {
    let mut connection = app.pool.acquire().await?;
    let found = store::find_credentials(&mut connection, claim.login).await?;
    drop(connection);
    let target = match &found {
        Some(credentials) => Target::Account(credentials.user_id, Login::of(claim.login)),
        None => Target::Unknown(mailbox(claim.login).unwrap_or_else(|| claim.login.to_owned())),
    };
    let attempt = begin_attempt(app, &target, claim.network).await?;
    let right = check_password(app, found, claim.password, &attempt).await?;
    let right = right.ok_or_else(invalid_credentials)?;
    match right.state {
        AccountState::Active => Ok(Proven {
            user_id: right.user_id,
            password_hash: right.password_hash,
            attempt,
        }),
        AccountState::Suspended => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "suspended",
            "the account is suspended",
        )),
        AccountState::Deleted => Err(invalid_credentials()),
    }
}

/// Confirms a proof in the transaction that uses it: locks the account's row, and refuses an
/// account whose password or state has changed since the check.
pub async fn confirm_user(connection: &mut PgConnection, proven: &Proven) -> ApiResult<()> {
    if !store::lock_user(connection, proven.user_id, &proven.password_hash).await? {
        return Err(invalid_credentials());
    }
    Ok(confirm_attempt(connection, &proven.attempt).await?)
}

/// The credentials if the password is correct. `None`, after the same time, if there are none.
pub async fn check_password(
    app: &App,
    found: Option<Credentials>,
    password: String,
    attempt: &Attempt,
) -> ApiResult<Option<Credentials>> {
    let hash = found
        .as_ref()
        .map(|credentials| credentials.password_hash.clone());
    match app.passwords.is_right(password, hash).await {
        Ok(is_right) => Ok(found.filter(|_| is_right)),
        Err(error) => {
            withdraw_attempt(app, attempt).await;
            Err(error)
        }
    }
}

fn invalid_credentials() -> ApiError {
    ApiError::unauthorized("invalid_credentials", "the login or the password is wrong")
}
