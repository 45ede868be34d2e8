//! Why the caller could not be authenticated.

use super::SealError;

/// Why a token was not accepted. All variants except [`AuthError::Unavailable`] are answered 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request has no token.
    #[error("no access token was sent")]
    Missing,
    /// Not a token that one of our keys signed, or not meant for this service.
    #[error("the access token is not valid")]
    Invalid,
    /// The token is past its `exp` plus leeway: refresh and try again.
    #[error("the access token has expired")]
    Expired,
    /// The session was ended: sign in again.
    #[error("the session has ended")]
    Ended,
    /// The user is suspended or deleted.
    #[error("the account is suspended")]
    Suspended,
    /// Postgres is unavailable: answered 503, try again.
    #[error("the session cannot be checked for the moment: {0}")]
    Unavailable(String),
}

/// Why no token could be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Postgres is unavailable.
    #[error("the signing keys cannot be read")]
    Database(#[from] sqlx::Error),
    /// The key cannot be opened: another `PAWL_SECRET_KEY` sealed it.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No key has started yet.
    #[error("there is no signing key")]
    NoKey,
    /// The token could not be encoded.
    #[error("the token cannot be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

impl AuthError {
    /// The stable code of the problem+json answer.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "token_missing",
            Self::Invalid => "token_invalid",
            Self::Expired => "token_expired",
            Self::Ended => "session_ended",
            Self::Suspended => "suspended",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// The HTTP status: 401, or 503 if the check was not possible.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unavailable(_) => 503,
            _ => 401,
        }
    }
}

impl From<sqlx::Error> for AuthError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
