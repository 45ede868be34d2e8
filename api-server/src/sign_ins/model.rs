//! Sign-in attempts, and the history that decides about the next one.

use aws_lc_rs::digest::{SHA256, digest};
use shared::ids::UserId;

use super::slots::AttemptSlot;
use crate::rights::model::AccountState;

/// The login of an attempt. Its case does not matter.
pub enum Target {
    Account(UserId, Login),
    /// A login without an account. It is slowed too, so that the answer reveals nothing.
    Unknown(String),
}

/// Which login of an account was used. The two are counted separately: with a common count, a
/// slowed username would reveal that an e-mail address belongs to it.
#[derive(Debug, Clone, Copy)]
pub enum Login {
    Username,
    Email,
}

/// An admitted attempt. It holds its slot until its result is known.
pub struct Attempt {
    /// The id of its row; `None` while limits are off.
    pub(super) id: Option<i64>,
    pub(super) _slot: Option<AttemptSlot>,
}

/// Selects the attempts that count.
#[derive(Clone, Copy)]
pub struct AttemptKey<'a> {
    /// The hash of the login.
    pub target: &'a [u8],
    /// The hashes of all logins of the account: a network that has signed in with one of them is
    /// also known to the other.
    pub names: &'a [Vec<u8>],
    /// The network of the client.
    pub network: &'a str,
}

/// The earlier attempts that count.
#[derive(Debug, Clone)]
pub struct History {
    /// Failures from this network within the window, since its last success.
    pub network_failures: i64,
    pub since_network_failure_seconds: Option<f64>,
    /// Failures from all networks within an hour.
    pub account_failures: i64,
    pub since_account_failure_seconds: Option<f64>,
    /// Whether this network has signed in to the account recently.
    pub is_known_network: bool,
}

impl Login {
    /// Usernames contain no at sign, and all addresses contain one.
    pub fn of(text: &str) -> Self {
        if text.contains('@') {
            Self::Email
        } else {
            Self::Username
        }
    }
}

impl Target {
    /// The hashes of all logins of the same account.
    pub(super) fn names(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Account(id, _) => [Login::Username, Login::Email]
                .map(|login| Self::Account(*id, login).hash())
                .into(),
            Self::Unknown(_) => vec![self.hash()],
        }
    }

    /// The key under which its attempts are counted.
    pub(super) fn hash(&self) -> Vec<u8> {
        // No login contains a NUL, so an unknown login cannot collide with an account.
        let text = match self {
            Self::Account(id, Login::Username) => format!("account\0{id}"),
            Self::Account(id, Login::Email) => format!("account\0{id}\0email"),
            Self::Unknown(login) => login.to_lowercase(),
        };
        digest(&SHA256, text.as_bytes()).as_ref().to_vec()
    }
}

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

/// The stored data against which a password is checked.
pub struct Credentials {
    pub user_id: UserId,
    pub password_hash: String,
    pub state: AccountState,
}
