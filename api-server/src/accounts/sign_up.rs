//! Sign-up: an account, its profile and optionally its avatar. It combines accounts, profiles and
//! media, so no other domain may import it.

use sqlx::PgConnection;

use super::model::{NewAccount, NewUser};
use super::store;
use crate::app::App;
use crate::http::{ApiResult, At, Created, Form, Unstored, ValueWithFaults};
use crate::media::actions::{StoredPicture, discard_picture, store_picture};
use crate::media::model::ProfilePicture;
use crate::passwords::Owner;
use crate::profiles::actions::{attach_stored_picture, get_own_user};
use crate::profiles::model::Me;

/// Creates a user and their profile, and an avatar if a picture was sent, in one transaction.
/// Anyone may.
pub async fn create_user(
    app: &App,
    form: Form<ValueWithFaults<NewUser>>,
) -> ApiResult<Unstored<Created<Me>>> {
    let new = check_new_user(app, form.fields).await?;
    let password_hash = app.passwords.hash(new.password.to_string()).await?;
    let avatar = match &form.picture {
        Some(sent) => Some(store_picture(app, sent.clone()).await?),
        None => None,
    };
    let mut tx = app.pool.begin().await?;
    match insert_account(&mut tx, &new, &password_hash, avatar.as_ref()).await {
        Ok(me) => {
            tx.commit().await?;
            tracing::info!(user.id = %me.user.id, "account created");
            Ok(Unstored(Created::new(me)))
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
    new: &NewAccount,
    password_hash: &str,
    avatar: Option<&StoredPicture>,
) -> ApiResult<Me> {
    let user_id = store::insert_user(connection, new, password_hash).await?;
    store::insert_profile(connection, user_id, new).await?;
    if let Some(stored) = avatar {
        attach_stored_picture(connection, user_id, ProfilePicture::Avatar, stored).await?;
    }
    get_own_user(connection, user_id).await
}

/// The account to create. Reports the password's faults together with those of the other fields,
/// and compares it with the valid ones.
async fn check_new_user(app: &App, sent: ValueWithFaults<NewUser>) -> ApiResult<NewAccount> {
    let ValueWithFaults {
        value: new,
        mut faults,
    } = sent;
    if let Some(password) = &new.password {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let owner = Owner {
            username: text(new.username.as_deref()),
            email: text(new.email.as_deref()),
            first_name: text(new.first_name.as_deref()),
            last_name: text(new.last_name.as_deref()),
        };
        let broken = app
            .passwords
            .broken_rules(password.to_string(), owner)
            .await?;
        faults.add_all(At::Member(&At::Body, "password"), broken);
    }
    let account = new.into_account();
    account
        .filter(|_| faults.is_empty())
        .ok_or_else(|| faults.into())
}
