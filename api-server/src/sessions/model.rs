//! The request bodies of sign-in and refresh, and the tokens in the answers.

use std::ops::RangeInclusive;

use serde::Serialize;
use shared::auth::SessionSeed;
use shared::ids::{SessionId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::account_texts::Password;
use crate::app::App;
use crate::http::{
    ApiResult, Network, Request, Text, TextFault, TextRule, all, fault_if, from_json,
};
use crate::rights::model::AccountState;
use crate::routes::{Description, Input, Located, Resource};

/// A username or an e-mail address. The rule is lenient: a login that cannot exist is just a wrong
/// login.
pub type Login = Text<LoginRule>;

pub struct LoginRule;

impl TextRule for LoginRule {
    const NAME: &'static str = "Login";
    const CHARS: RangeInclusive<usize> = 0..=254;
    const NOTE: Option<&'static str> = None;
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
    /// The username or e-mail address.
    pub login: Login,
    /// The password.
    pub password: Password,
}

from_json! { SignIn { login, password } }

/// The body of `POST /sessions/refresh`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token of the session.
    pub refresh_token: String,
}

from_json! { Refresh { refresh_token } }

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// The value for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// The lifetime of the access token in seconds.
    pub expires_in: i64,
    /// For one use, at `/sessions/refresh`.
    pub refresh_token: String,
    /// The id of the session in `/sessions`.
    pub session_id: SessionId,
}

impl Resource for Tokens {}

impl Located for Tokens {
    fn path(&self) -> String {
        format!("/sessions/{}", self.session_id)
    }
}

/// A session of the caller.
#[derive(Serialize, ToSchema)]
pub struct Session {
    pub id: SessionId,
    /// Whether the request belongs to this session.
    pub current: bool,
    /// The time of the sign-in.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time of the last refresh.
    #[serde(with = "time::serde::rfc3339")]
    pub last_used_at: OffsetDateTime,
    /// The `User-Agent` of the client at sign-in.
    pub user_agent: String,
    /// The IPv4 address or IPv6 /64 of the client at sign-in.
    pub network: String,
}

/// The row of an active session.
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: OffsetDateTime,
    pub last_used_at: OffsetDateTime,
    pub user_agent: String,
    pub network: String,
}

/// A new session.
pub struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    pub seed: SessionSeed,
    pub user_agent: String,
    pub network: String,
}

/// The data of a session that a refresh needs.
pub struct Family {
    pub user_id: UserId,
    pub seed: Vec<u8>,
    pub generation: i32,
    /// The age of the newest generation, by the database's clock.
    pub generation_age_seconds: f64,
    pub is_over: bool,
    pub user_state: AccountState,
}

/// Why a session ended before it expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum EndReason {
    /// With the tokens of the session itself.
    SignedOut,
    /// By its user from another session or with a new password, or because there were too many.
    Revoked,
    /// An old refresh token was reused.
    Reused,
}

/// The client of a request.
pub struct Origin {
    pub user_agent: String,
    pub network: String,
}

impl Input for Origin {
    fn describe(_: &mut Description) {}

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        let (user_agent, Network(network)) = (request.head.user_agent(), request.head.network());
        Ok(Self {
            user_agent,
            network,
        })
    }
}

impl SessionRow {
    /// The session as the user with session `current` sees it.
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
