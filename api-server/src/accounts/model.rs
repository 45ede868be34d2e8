//! What is sent to make an account, and what its owner sees of it.

use serde::{Deserialize, Serialize};
use shared::ids::UserId;
use utoipa::ToSchema;

use crate::profiles::model::User;
use crate::sign_ins::model::Attempt;

/// The body of `POST /users`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 1 to 64 of `A-Z a-z 0-9 _ . + -`, beginning with a letter, a digit or `_`, not ending in a dot;
    /// case makes no difference.
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[A-Za-z0-9_]([A-Za-z0-9_.+-]*[A-Za-z0-9_+-])?$",
        example = "ada"
    )]
    pub username: String,
    /// Where mail arrives; only oneself sees it.
    #[schema(max_length = 254, format = Email, pattern = r"^[^\s@\x00-\x1f\x7f-\x9f]+@[^\s@.\x00-\x1f\x7f-\x9f]([^\s@\x00-\x1f\x7f-\x9f]*[^\s@.\x00-\x1f\x7f-\x9f])?$", example = "ada@example.org")]
    pub email: String,
    /// Not only digits, not easily guessed, not much like the names or the address.
    #[schema(min_length = 8, max_length = 256, format = Password, example = "as the crow flies")]
    pub password: String,
    /// Some of it to be seen, none of it a control character.
    #[schema(
        min_length = 1,
        max_length = 50,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "Ada"
    )]
    pub first_name: String,
    /// Like the first name.
    #[schema(
        min_length = 1,
        max_length = 50,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "Lovelace"
    )]
    pub last_name: String,
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
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// A wrong one counts as a failed sign-in.
    #[schema(max_length = 1024, format = Password)]
    pub current_password: String,
    /// By the rules of a sign-up.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    pub new_password: String,
}

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
