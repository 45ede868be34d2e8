//! Signing keys as an operator sees them.

use time::OffsetDateTime;

/// The state of a signing key, column `signing_keys.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum KeyState {
    /// Announced; it signs from its time on.
    Next,
    /// It signs, or did until the next key began to.
    Active,
    /// It only verifies.
    Retired,
    /// It verifies nothing.
    Revoked,
}

impl KeyState {
    /// The value of the column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        }
    }
}

/// A signing key as an operator sees it.
#[derive(Debug, Clone)]
pub struct KeyInfo {
    /// The `kid` in token headers.
    pub kid: String,
    /// Whether it signs and verifies.
    pub state: KeyState,
    /// When servers begin to sign with it.
    pub signs_from: OffsetDateTime,
}

/// The outcome of a revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// No key has this id.
    Unknown,
    /// The key had been revoked before.
    Already,
    /// The key no longer verifies any token. If it was the signing key, this key took over.
    Done {
        /// The key that signs now.
        successor: Option<String>,
    },
}
