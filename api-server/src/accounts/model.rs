//! Request bodies of accounts.

use shared::ids::UserId;
use utoipa::ToSchema;

use crate::account_texts::{EmailAddress, NewPassword, Password, Username};
use crate::http::from_json;
use crate::profiles::model::PersonName;
use crate::rights::model::AccountState;

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

/// The replacement of a password hash.
#[derive(Clone, Copy)]
pub struct HashChange<'a> {
    pub old: &'a str,
    pub new: &'a str,
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
    pub state: AccountState,
}
