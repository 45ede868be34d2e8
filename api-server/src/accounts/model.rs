//! What is sent to make an account, and what its owner sees of it.

use serde::{Deserialize, Serialize};
use shared::ids::UserId;

use crate::profiles::model::User;

/// The body of `POST /users`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub username: String,
    pub email: String,
    pub password: String,
    pub first_name: String,
    pub last_name: String,
}

/// A user as they see themselves.
#[derive(Debug, Serialize)]
pub struct Me {
    #[serde(flatten)]
    pub user: User,
    pub email: String,
    pub role: String,
}

/// What a sign-in is checked against.
pub struct Credentials {
    pub user_id: UserId,
    pub password_hash: String,
    pub state: String,
}
