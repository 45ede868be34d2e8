//! What is sent to make an account, and what its owner sees of it.

mod names;

use serde::Serialize;
use shared::ids::UserId;
use utoipa::ToSchema;

pub use self::names::{EmailAddress, NewPassword, NewPasswordRule, Password, Username};
use crate::http::from_json;
use crate::profiles::model::{PersonName, User};
use crate::sign_ins::model::Attempt;

/// The body of `POST /users`.
// A field with faults is None, so that the password is judged all the same, and all faults are told
// at once.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Names the user in addresses; case makes no difference.
    #[schema(value_type = Username)]
    pub username: Option<Username>,
    /// Where mail arrives; only its owner sees it.
    #[schema(value_type = EmailAddress)]
    pub email: Option<EmailAddress>,
    /// Not only digits, not easily guessed, not much like the names or the address.
    #[schema(value_type = NewPassword)]
    pub password: Option<NewPassword>,
    /// At least one character of it is visible, and none is a control character.
    #[schema(value_type = PersonName)]
    pub first_name: Option<PersonName>,
    /// Like the first name.
    #[schema(value_type = PersonName)]
    pub last_name: Option<PersonName>,
}

from_json! { partial NewUser { username, email, password, first_name, last_name } }

/// An account to be made.
pub struct NewAccount {
    pub username: Username,
    pub email: EmailAddress,
    pub password: NewPassword,
    pub first_name: PersonName,
    pub last_name: PersonName,
}

impl NewUser {
    /// The account, if every field is good.
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

/// A user as they see themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    pub user: User,
    /// Only oneself sees it.
    pub email: String,
    /// `user` or `admin`.
    pub role: String,
}

/// The body of `PUT /me/password`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// A wrong one counts as a failed sign-in.
    pub current_password: Password,
    /// By the rules of a sign-up.
    pub new_password: NewPassword,
}

from_json! { PasswordChange { current_password, new_password } }

/// What somebody says who wants to sign in.
pub struct Claim<'a> {
    /// Username or e-mail address.
    pub login: &'a str,
    pub password: String,
    pub network: &'a str,
}

/// A user whose password was right.
pub struct Proven {
    pub user_id: UserId,
    /// The hash that it was checked against.
    pub password_hash: String,
    pub attempt: Attempt,
}

/// What a password is checked against.
pub struct Credentials {
    pub user_id: UserId,
    pub password_hash: String,
    pub state: String,
}
