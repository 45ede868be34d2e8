//! What may be done with accounts, and by whom.

use bytes::Bytes;
use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

pub use super::fields::{NAME_RULE, is_name};
use super::model::{Me, NewUser};
pub use super::password::{confirm_user, prove_user, update_password};
pub use super::standing::{Standing, change_standing};
use super::{fields, password, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::media;
use crate::media::actions::StoredPicture;
use crate::media::model::Place;
use crate::passwords::Owner;
use crate::profiles;

/// Makes a user and their profile, with a picture if one is sent, together or not at all. Anyone
/// may.
pub async fn create_user(app: &App, new: NewUser, picture: Option<Bytes>) -> ApiResult<Me> {
    check_new_user(app, &new).await?;
    let password_hash = app.passwords.hash(new.password.clone()).await?;
    let avatar = match picture {
        Some(sent) => Some(media::actions::store_picture(app, sent).await?),
        None => None,
    };
    let mut tx = app.pool.begin().await?;
    match insert_account(&mut tx, &new, &password_hash, avatar.as_ref()).await {
        Ok(me) => {
            tx.commit().await?;
            tracing::info!(user.id = %me.user.id, "an account was made");
            Ok(me)
        }
        Err(error) => {
            drop(tx);
            if let Some(stored) = avatar {
                media::actions::discard_picture(app, stored).await;
            }
            Err(error)
        }
    }
}

async fn insert_account(
    connection: &mut PgConnection,
    new: &NewUser,
    password_hash: &str,
    avatar: Option<&StoredPicture>,
) -> ApiResult<Me> {
    let user_id = store::insert_user(connection, new, password_hash).await?;
    store::insert_profile(connection, user_id, new).await?;
    if let Some(stored) = avatar {
        profiles::actions::hang_stored_picture(connection, user_id, Place::Avatar, stored).await?;
    }
    read_me(connection, user_id).await
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
