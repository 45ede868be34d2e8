//! The claims of an access token (RFC 7519), and the verified form of them that actions receive.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::AuthError;
use crate::ids::{SessionId, UserId};

/// `iss` of every access token.
pub const ISSUER: &str = "pawl";
/// `aud` of every access token.
pub const AUDIENCE: &str = "pawl";
/// The allowed difference between the clocks of two servers.
pub const LEEWAY: Duration = Duration::seconds(5);

/// The claims of an access token as encoded in it. Times are seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// [`ISSUER`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The user's id in decimal.
    pub sub: String,
    /// The session of the token.
    pub sid: SessionId,
    /// When the token was signed.
    pub iat: i64,
    /// When the token expires.
    pub exp: i64,
}

/// A caller whose token was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// The user of the token.
    pub user_id: UserId,
    /// The session of the token.
    pub session_id: SessionId,
    /// When the token was signed.
    pub issued_at: OffsetDateTime,
    /// When the token expires.
    pub expires_at: OffsetDateTime,
}

impl Claims {
    /// The claims of a token for `principal`.
    pub fn of(principal: &Principal) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: principal.user_id.to_string(),
            sid: principal.session_id,
            iat: principal.issued_at.unix_timestamp(),
            exp: principal.expires_at.unix_timestamp(),
        }
    }
}

impl Principal {
    /// Refuses a token that has expired or whose `iat` is in the future, with [`LEEWAY`] both ways.
    pub(super) fn check_time(&self, now: OffsetDateTime) -> Result<(), AuthError> {
        if now > self.expires_at + LEEWAY {
            return Err(AuthError::Expired);
        }
        if self.issued_at > now + LEEWAY {
            return Err(AuthError::Invalid);
        }
        Ok(())
    }
}

impl TryFrom<Claims> for Principal {
    type Error = AuthError;

    fn try_from(claims: Claims) -> Result<Self, AuthError> {
        let time =
            |seconds| OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| AuthError::Invalid);
        let user_id = claims.sub.parse().map_err(|_| AuthError::Invalid)?;
        Ok(Self {
            user_id,
            session_id: claims.sid,
            issued_at: time(claims.iat)?,
            expires_at: time(claims.exp)?,
        })
    }
}
