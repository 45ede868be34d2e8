//! Password changes.

use http::StatusCode;
use shared::auth::Principal;

use super::model::{HashChange, PasswordChange};
use super::store;
use crate::app::App;
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::http::{ApiError, ApiResult, At, Faults, Json, Network};
use crate::passwords::Owner;
use crate::sign_ins::actions::{
    begin_attempt, check_password, confirm_attempt, find_credentials_of,
};
use crate::sign_ins::model::{Login, Target};
use crate::{profiles, sessions};

/// Changes the caller's password and ends all their other sessions. A wrong current password is 403
/// and counts as a failed sign-in.
pub async fn update_password(
    app: &App,
    caller: &Principal,
    Network(network): Network,
    Json(change): Json<PasswordChange>,
) -> ApiResult<()> {
    let mut connection = app.pool.acquire().await?;
    let found = find_credentials_of(&mut connection, caller.user_id).await?;
    let own = profiles::actions::get_own_user(&mut connection, caller.user_id).await?;
    drop(connection);
    let target = Target::Account(caller.user_id, Login::Username);
    let attempt = begin_attempt(app, &target, &network).await?;
    let right = check_password(app, found, change.current_password.into_string(), &attempt).await?;
    let right = right.ok_or_else(wrong_password)?;
    confirm_attempt(&mut *app.pool.acquire_to_write().await?, &attempt).await?;

    let owner = Owner {
        username: own.user.username,
        email: own.email,
        first_name: own.user.first_name,
        last_name: own.user.last_name,
    };
    let new_password = change.new_password.into_string();
    let mut faults = Faults::default();
    let broken = app
        .passwords
        .broken_rules(new_password.clone(), owner)
        .await?;
    faults.add_all(At::Member(&At::Body, "new_password"), broken);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let new_hash = app.passwords.hash(new_password).await?;
    let change = HashChange {
        old: &right.password_hash,
        new: &new_hash,
    };
    let mut tx = app.pool.begin().await?;
    // The row first, then the sessions: a concurrent sign-in with the old password either has its
    // session already, or finds the password changed.
    if !store::update_password_hash(&mut tx, caller.user_id, change).await? {
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

fn wrong_password() -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "wrong_password",
        "the current password is wrong",
    )
}
