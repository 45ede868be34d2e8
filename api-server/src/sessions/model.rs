//! What is sent to sign in, and the tokens that are answered.

use std::ops::RangeInclusive;

use serde::Serialize;
use shared::auth::SessionSeed;
use shared::ids::{SessionId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::accounts::model::Password;
use crate::http::{Text, TextFault, TextRule, all, fault_if, from_json};

/// A username or an e-mail address, as far as it can be either. Whatever cannot be right is only a
/// wrong login.
pub type Login = Text<LoginRule>;

pub struct LoginRule;

impl TextRule for LoginRule {
    const NAME: &'static str = "Login";
    const CHARS: RangeInclusive<usize> = 0..=254;
    const EXAMPLE: Option<&'static str> = Some("ada");

    fn faults(text: &str) -> Vec<TextFault> {
        let has_nul = text.contains('\0');
        let nul = fault_if(has_nul, "invalid_login", "remove the NUL characters");
        all([nul, Self::too_long(text)])
    }
}

/// The body of `POST /sessions`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Username or e-mail address.
    pub login: Login,
    /// As it was chosen.
    pub password: Password,
}

from_json! { SignIn { login, password } }

/// The body of `POST /sessions/refresh`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest that was answered.
    pub refresh_token: String,
}

from_json! { Refresh { refresh_token } }

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// What `Authorization: Bearer` takes.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds that the access token lives.
    pub expires_in: i64,
    /// For one use, at `/sessions/refresh`.
    pub refresh_token: String,
    /// As `/sessions` names it.
    pub session_id: SessionId,
}

/// A session as its user sees it.
#[derive(Serialize, ToSchema)]
pub struct Session {
    pub id: SessionId,
    /// Whether the request that asks belongs to it.
    pub current: bool,
    /// When one signed in.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its tokens were last refreshed.
    #[serde(with = "time::serde::rfc3339")]
    pub last_used_at: OffsetDateTime,
    /// What the client called itself at sign-in.
    pub user_agent: String,
    /// The IPv4 address or IPv6 /64 of the sign-in.
    pub network: String,
}

/// A live session's row.
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: OffsetDateTime,
    pub last_used_at: OffsetDateTime,
    pub user_agent: String,
    pub network: String,
}

/// A session to begin.
pub struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    pub seed: SessionSeed,
    pub user_agent: String,
    pub network: String,
}

/// A session as a refresh finds it.
pub struct Family {
    pub user_id: UserId,
    pub seed: Vec<u8>,
    pub generation: i32,
    /// How old the newest generation is, by the database's clock.
    pub generation_age_seconds: f64,
    pub is_over: bool,
    pub user_state: String,
}

/// Where a request came from.
pub struct Origin {
    pub user_agent: String,
    pub network: String,
}

impl SessionRow {
    /// The session as whoever is signed in by `current` sees it.
    pub fn seen_from(self, current: SessionId) -> Session {
        Session {
            id: self.id,
            current: self.id == current,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            user_agent: self.user_agent,
            network: self.network,
        }
    }
}
