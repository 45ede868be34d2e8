//! An operator's changes of an account: admin or user, active or suspended.

use shared::db::Pool;

use super::model::Admin;
use super::store;
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::rights::model::{AccountState, UserRole};
use crate::sign_ins::actions::find_credentials;

/// A change of an account's role or state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusChange {
    GrantAdmin,
    RevokeAdmin,
    Suspend,
    Unsuspend,
}

/// The outcome of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// No user has this username or e-mail address.
    NoUser,
    /// The account already had this status.
    Unchanged,
    Changed,
}

impl StatusChange {
    /// The end of a sentence that begins with a name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::GrantAdmin => "is an admin",
            Self::RevokeAdmin => "is not an admin",
            Self::Suspend => "is suspended",
            Self::Unsuspend => "is not suspended",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::GrantAdmin => "admin.granted",
            Self::RevokeAdmin => "admin.revoked",
            Self::Suspend => "user.suspended",
            Self::Unsuspend => "user.unsuspended",
        }
    }
}

/// All admins, by username. Only the operator calls this, so it checks no permission.
pub async fn list_admins(pool: &Pool) -> Result<Vec<Admin>, sqlx::Error> {
    store::list_admins(&mut *pool.acquire().await?).await
}

/// Changes the status of a user, identified by username or e-mail address. Only the operator calls
/// this, so it checks no permission.
pub async fn change_status(
    pool: &Pool,
    login: &str,
    change: StatusChange,
) -> Result<ChangeOutcome, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let found = find_credentials(&mut tx, login).await?;
    let Some(found) = found.filter(|found| found.state != AccountState::Deleted) else {
        return Ok(ChangeOutcome::NoUser);
    };
    let user_id = found.user_id;
    let is_changed = match change {
        StatusChange::GrantAdmin => store::set_role(&mut tx, user_id, UserRole::Admin).await?,
        StatusChange::RevokeAdmin => store::set_role(&mut tx, user_id, UserRole::User).await?,
        StatusChange::Suspend => {
            store::set_state(&mut tx, user_id, AccountState::Suspended).await?
        }
        StatusChange::Unsuspend => store::set_state(&mut tx, user_id, AccountState::Active).await?,
    };
    if !is_changed {
        return Ok(ChangeOutcome::Unchanged);
    }
    let entry = Entry::by_no_one(change.action(), Subject::User(user_id));
    record(&mut tx, entry.concerning(user_id)).await?;
    tx.commit().await?;
    Ok(ChangeOutcome::Changed)
}
