//! What somebody is to the operator: a user or an admin, let in or shut out.

use shared::db::Pool;

use super::store;
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};

/// What somebody is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Admin,
    User,
    Suspended,
    Active,
}

impl Standing {
    /// The end of a sentence that begins with a name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Admin => "is an admin",
            Self::User => "is no admin",
            Self::Suspended => "is suspended",
            Self::Active => "is not suspended",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Admin => "admin.granted",
            Self::User => "admin.revoked",
            Self::Suspended => "user.suspended",
            Self::Active => "user.unsuspended",
        }
    }
}

/// Gives a user, by username or e-mail address, another standing: whether it is another one. None
/// for nobody. For the operator, who is asked no permission.
pub async fn change_standing(
    pool: &Pool,
    login: &str,
    standing: Standing,
) -> Result<Option<bool>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(found) = store::find_credentials(&mut tx, login).await? else {
        return Ok(None);
    };
    if found.state == "deleted" {
        return Ok(None);
    }
    let user_id = found.user_id;
    let is_changed = match standing {
        Standing::Admin => store::set_role(&mut tx, user_id, "admin").await?,
        Standing::User => store::set_role(&mut tx, user_id, "user").await?,
        Standing::Suspended => store::set_state(&mut tx, user_id, "suspended").await?,
        Standing::Active => store::set_state(&mut tx, user_id, "active").await?,
    };
    if is_changed {
        let entry = Entry::by_no_one(standing.action(), Subject::User(user_id));
        record(&mut tx, entry.concerning(user_id)).await?;
    }
    tx.commit().await?;
    Ok(Some(is_changed))
}
