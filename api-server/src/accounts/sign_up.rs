//! Sign-up: an account, its profile and optionally its avatar. It combines accounts, profiles and
//! media, so no other domain may import it.

use bytes::Bytes;
use sqlx::PgConnection;

use super::model::{Me, NewUser};
use super::{fields, password, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult};
use crate::media::actions::{StoredPicture, discard_picture, store_picture};
use crate::media::model::ProfilePicture;
use crate::passwords::Owner;
use crate::profiles::actions::{get_own_user, hang_stored_picture};

/// Creates a user and their profile, and an avatar if a picture was sent, in one transaction.
/// Anyone may.
pub async fn create_user(app: &App, new: NewUser, picture: Option<Bytes>) -> ApiResult<Me> {
    check_new_user(app, &new).await?;
    let password_hash = app.passwords.hash(new.password.clone()).await?;
    let avatar = match picture {
        Some(sent) => Some(store_picture(app, sent).await?),
        None => None,
    };
    let mut tx = app.pool.begin().await?;
    match insert_account(&mut tx, &new, &password_hash, avatar.as_ref()).await {
        Ok(me) => {
            tx.commit().await?;
            tracing::info!(user.id = %me.user.id, "account created");
            Ok(me)
        }
        Err(error) => {
            drop(tx);
            if let Some(stored) = avatar {
                discard_picture(app, stored).await;
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
        hang_stored_picture(connection, user_id, ProfilePicture::Avatar, stored).await?;
    }
    get_own_user(connection, user_id).await
}

/// All faults of a new account's fields.
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
