//! Changing a password.

use http::StatusCode;
use shared::auth::Principal;
use shared::http::problem::FieldError;

use super::model::PasswordChange;
use super::proof::check_password;
use super::store;
use crate::app::App;
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::http::{ApiError, ApiResult};
use crate::passwords::Owner;
use crate::sign_ins::actions::{begin_attempt, confirm_attempt};
use crate::sign_ins::model::{Login, Target};
use crate::{profiles, sessions};

/// The same bound as for sign-ins, because hashing reads the whole text.
const CURRENT_PASSWORD_CHARS: usize = 1024;

/// Changes the caller's password and ends all their other sessions. A wrong current password is 403
/// and counts as a failed sign-in.
pub async fn update_password(
    app: &App,
    caller: &Principal,
    change: PasswordChange,
    network: &str,
) -> ApiResult<()> {
    if change.current_password.chars().count() > CURRENT_PASSWORD_CHARS {
        let detail = "at most 1,024 characters";
        return Err(ApiError::field("/current_password", "too_long", detail));
    }
    let mut connection = app.pool.acquire().await?;
    let found = store::find_credentials_of(&mut connection, caller.user_id).await?;
    let own = profiles::actions::get_own_user(&mut connection, caller.user_id).await?;
    drop(connection);
    let target = Target::Account(caller.user_id, Login::Username);
    let attempt = begin_attempt(app, &target, network).await?;
    let right = check_password(app, found, change.current_password, &attempt).await?;
    let right = right.ok_or_else(wrong_password)?;
    confirm_attempt(&mut *app.pool.acquire().await?, &attempt).await?;

    let owner = Owner {
        username: own.user.username,
        email: own.email,
        first_name: own.user.first_name,
        last_name: own.user.last_name,
    };
    let faults = faults(app, "/new_password", &change.new_password, owner).await?;
    if !faults.is_empty() {
        return Err(ApiError::fields(faults));
    }
    let new_hash = app.passwords.hash(change.new_password).await?;
    let hashes = (right.password_hash.as_str(), new_hash.as_str());
    let mut tx = app.pool.begin().await?;
    // The row first, then the sessions: a concurrent sign-in with the old password either has its
    // session already, or finds the password changed.
    if !store::update_password_hash(&mut tx, caller.user_id, hashes).await? {
        return Err(wrong_password());
    }
    sessions::actions::end_other_sessions(&mut tx, caller).await?;
    let subject = Subject::User(caller.user_id);
    let entry = Entry::by(caller.user_id, "password.changed", subject);
    record(&mut tx, entry.concerning(caller.user_id)).await?;
    tx.commit().await?;
    tracing::info!(user.id = %caller.user_id, "password changed");
    Ok(())
}

/// The rules that a new password breaks, as field errors.
pub(super) async fn faults(
    app: &App,
    pointer: &str,
    password: &str,
    owner: Owner,
) -> ApiResult<Vec<FieldError>> {
    let faults = app
        .passwords
        .broken_rules(password.to_owned(), owner)
        .await?;
    let faults = faults.into_iter().map(|fault| FieldError {
        pointer: pointer.to_owned(),
        code: fault.code,
        detail: fault.detail.to_owned(),
    });
    Ok(faults.collect())
}

fn wrong_password() -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "wrong_password",
        "the current password is wrong",
    )
}
