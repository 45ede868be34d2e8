//! Request bodies of accounts, and the account as its owner sees it.

mod email;
mod names;

use serde::Serialize;
use shared::ids::UserId;
use utoipa::ToSchema;

pub use self::email::{EmailAddress, mailbox, own_spelling};
pub use self::names::{NewPassword, NewPasswordRule, Password, Username};
use crate::http::from_json;
use crate::profiles::model::{PersonName, User};
use crate::rights::model::{AccountState, UserRole};
use crate::routes::{Located, Resource};
use crate::sign_ins::model::Attempt;

/// The body of `POST /users`.
// A field with faults is `None`, so that the password is checked nevertheless and the answer lists
// all faults.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The user's name in URLs. Its case does not matter.
    #[schema(value_type = Username)]
    pub username: Option<Username>,
    /// The address that receives the user's mail; only the user sees it.
    #[schema(value_type = EmailAddress)]
    pub email: Option<EmailAddress>,
    /// It must not consist of digits only, be easy to guess, or resemble the names or the address.
    #[schema(value_type = NewPassword)]
    pub password: Option<NewPassword>,
    /// At least one character must be visible, and none may be a control character.
    #[schema(value_type = PersonName)]
    pub first_name: Option<PersonName>,
    /// The same rules as for the first name.
    #[schema(value_type = PersonName)]
    pub last_name: Option<PersonName>,
}

from_json! { partial NewUser { username, email, password, first_name, last_name } }

/// A valid new account.
pub struct NewAccount {
    pub username: Username,
    pub email: EmailAddress,
    pub password: NewPassword,
    pub first_name: PersonName,
    pub last_name: PersonName,
}

impl NewUser {
    /// The account, if all fields are valid.
    pub fn into_account(self) -> Option<NewAccount> {
        Some(NewAccount {
            username: self.username?,
            email: self.email?,
            password: self.password?,
            first_name: self.first_name?,
            last_name: self.last_name?,
        })
    }
}

/// The signed-in user.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    pub user: User,
    /// Visible to this user only.
    pub email: String,
    /// `user` or `admin`.
    #[schema(value_type = String)]
    pub role: UserRole,
}

impl Resource for Me {}

impl Located for Me {
    fn path(&self) -> String {
        format!("/users/{}", self.user.username)
    }
}

/// The body of `PUT /me/password`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// A wrong password counts as a failed sign-in.
    pub current_password: Password,
    /// The same rules as for a sign-up.
    pub new_password: NewPassword,
}

from_json! { PasswordChange { current_password, new_password } }

/// The credentials that a user sends to prove their identity.
pub struct Claim<'a> {
    /// Username or e-mail address.
    pub login: &'a str,
    pub password: String,
    pub network: &'a str,
}

/// A user whose password was right.
pub struct Proven {
    pub user_id: UserId,
    /// The hash against which the password was checked.
    pub password_hash: String,
    pub attempt: Attempt,
}

/// An account whose row has no mailbox yet.
pub struct WithoutMailbox {
    pub user_id: UserId,
    pub email: String,
}

/// An admin, as the operator sees them.
pub struct Admin {
    pub username: String,
    pub email: String,
    /// Active or suspended.
    pub state: String,
}

/// The stored data against which a password is checked.
pub struct Credentials {
    pub user_id: UserId,
    pub password_hash: String,
    pub state: AccountState,
}
