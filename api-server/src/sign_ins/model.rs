//! Attempts, and what is known of those before.

use aws_lc_rs::digest::{SHA256, digest};
use shared::ids::UserId;

use super::slots::AttemptSlot;

/// What an attempt is at: a login, in whatever case it is written.
pub enum Target {
    Account(UserId, Login),
    /// A login that nobody has; slowed like others, so that it does not show.
    Unknown(String),
}

/// By which of its two names an account was called. They are counted apart: were one slowed for
/// what was tried with the other, it would show whose address an address is.
#[derive(Debug, Clone, Copy)]
pub enum Login {
    Username,
    Email,
}

/// An attempt that was let through; it holds its slot until it is decided.
pub struct Attempt {
    /// Under what it is counted; None while limits are off.
    pub(super) id: Option<i64>,
    pub(super) _slot: Option<AttemptSlot>,
}

/// Whose attempts count.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// At what they are.
    pub target: &'a [u8],
    /// Under what the same account may have been signed in to: a network that it knows is known,
    /// whichever name was used.
    pub names: &'a [Vec<u8>],
    /// Where they come from.
    pub network: &'a str,
}

/// The attempts before this one, as far as they count.
#[derive(Debug, Clone)]
pub struct History {
    /// Failures from this network within the window, since it last succeeded.
    pub network_failures: i64,
    pub since_network_failure_seconds: Option<f64>,
    /// Failures from everywhere within the hour.
    pub account_failures: i64,
    pub since_account_failure_seconds: Option<f64>,
    /// Whether this network has signed in to the account lately.
    pub is_known_network: bool,
}

impl Login {
    /// No username has an at sign, and every address has one.
    pub fn of(text: &str) -> Self {
        if text.contains('@') {
            Self::Email
        } else {
            Self::Username
        }
    }
}

impl Target {
    /// Under what attempts at the same account are counted.
    pub(super) fn names(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Account(id, _) => [Login::Username, Login::Email]
                .map(|login| Self::Account(*id, login).hash())
                .into(),
            Self::Unknown(_) => vec![self.hash()],
        }
    }

    /// Under what its attempts are counted.
    pub(super) fn hash(&self) -> Vec<u8> {
        // No login contains a NUL, so no login is an account.
        let text = match self {
            Self::Account(id, Login::Username) => format!("account\0{id}"),
            Self::Account(id, Login::Email) => format!("account\0{id}\0email"),
            Self::Unknown(login) => login.to_lowercase(),
        };
        digest(&SHA256, text.as_bytes()).as_ref().to_vec()
    }
}
