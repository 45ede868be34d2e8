//! `admin reset-password`: an operator sets a new password for a user.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::db::Pool;
use shared::ids::UserId;

use super::store;
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::http::{ApiError, ApiResult};
use crate::passwords::{Owner, Passwords};
use crate::rights::model::AccountState;
use crate::sign_ins::actions::find_credentials;
use crate::{profiles, sessions};

/// 120 bits, which nobody can guess, in 20 characters.
const GENERATED_BYTES: usize = 15;

/// The outcome of a reset.
#[derive(Debug, PartialEq, Eq)]
pub enum Reset {
    /// No user has this username or e-mail address.
    NoUser,
    /// The given password breaks these rules.
    Refused(String),
    /// The user has the given password.
    Done,
    /// The user has this password.
    Generated(String),
}

/// Gives a user, identified by username or e-mail address, the given password or a generated one,
/// and ends all their sessions. Only the operator calls this, so it checks no permission.
pub async fn reset_password(pool: &Pool, login: &str, given: Option<String>) -> ApiResult<Reset> {
    let mut connection = pool.acquire().await?;
    let found = find_credentials(&mut connection, login).await?;
    let Some(found) = found.filter(|found| found.state != AccountState::Deleted) else {
        return Ok(Reset::NoUser);
    };
    let own = profiles::actions::get_own_user(&mut connection, found.user_id).await?;
    drop(connection);
    let passwords = Passwords::new(1);
    let (password, done) = match given {
        None => {
            let password = generate()?;
            (password.clone(), Reset::Generated(password))
        }
        Some(password) => {
            let owner = Owner {
                username: own.user.username,
                email: own.email,
                first_name: own.user.first_name,
                last_name: own.user.last_name,
            };
            let broken = passwords.broken_rules(password.clone(), owner).await?;
            if !broken.is_empty() {
                let details: Vec<_> = broken.into_iter().map(|fault| fault.detail).collect();
                return Ok(Reset::Refused(details.join("; ")));
            }
            (password, Reset::Done)
        }
    };
    replace(pool, found.user_id, &passwords.hash(password).await?).await?;
    Ok(done)
}

async fn replace(pool: &Pool, user_id: UserId, hash: &str) -> ApiResult<()> {
    let mut tx = pool.begin().await?;
    // The row first, as when a user changes their password.
    store::set_password_hash(&mut tx, user_id, hash).await?;
    sessions::actions::end_sessions_of(&mut tx, user_id).await?;
    let entry = Entry::by_no_one("password.reset", Subject::User(user_id));
    record(&mut tx, entry.concerning(user_id)).await?;
    tx.commit().await?;
    Ok(())
}

fn generate() -> ApiResult<String> {
    let mut bytes = [0; GENERATED_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
