//! What may be done with accounts, and by whom.

use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

pub use super::fields::{NAME_RULE, is_name};
use super::model::{Me, NewUser};
pub use super::password::{confirm_user, prove_user, update_password};
use super::{fields, password, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::passwords::Owner;
use crate::profiles;

/// Makes a user and their profile, together or not at all. Anyone may.
pub async fn create_user(app: &App, new: NewUser) -> ApiResult<Me> {
    check_new_user(app, &new).await?;
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

/// Every fault of a new account's fields at once.
async fn check_new_user(app: &App, new: &NewUser) -> ApiResult<()> {
    let owner = Owner {
        username: new.username.clone(),
        email: new.email.clone(),
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
    };
    let mut faults = fields::faults(new);
    faults.extend(password::faults(app, "/password", &new.password, owner).await?);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::fields(faults))
    }
}
