//! Why a caller is not who the request says.

use super::SealError;

/// Why a token was not accepted. All but [`AuthError::Unavailable`] are answered 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request carries no token.
    #[error("no access token was sent")]
    Missing,
    /// Not a token that one of our keys signed, or not meant for us.
    #[error("the access token is not valid")]
    Invalid,
    /// Past its `exp` and the leeway: refresh and try again.
    #[error("the access token has expired")]
    Expired,
    /// Its session was ended: sign in again.
    #[error("the session has ended")]
    Ended,
    /// Its user is suspended or deleted.
    #[error("the account is suspended")]
    Suspended,
    /// Postgres cannot be asked just now: answered 503, try again.
    #[error("the session cannot be checked just now: {0}")]
    Unavailable(String),
}

/// Why no token could be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Postgres could not be asked.
    #[error("the signing keys cannot be read")]
    Database(#[from] sqlx::Error),
    /// The key does not open: another `PAWL_SECRET_KEY` sealed it.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No key's time has come.
    #[error("there is no signing key")]
    NoKey,
    /// The token could not be encoded.
    #[error("the token cannot be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

impl AuthError {
    /// The stable code that a problem+json answer carries.
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

    /// The HTTP status: 401, or 503 when nobody could look.
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
