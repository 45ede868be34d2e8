//! Refresh tokens: `<session id>.<generation>.<MAC>`, derived and not stored.
//!
//! The session's row stores a random seed, the newest generation and its time. The action that
//! refreshes decides which generations are still valid.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::pair::random;
use super::{DerivedKey, Purpose, SealError, SecretKey};
use crate::ids::SessionId;

/// The random value in a session's row from which its refresh tokens are derived.
pub type SessionSeed = [u8; 32];

/// Creates and checks refresh tokens.
#[derive(Debug, Clone)]
pub struct RefreshKey(DerivedKey);

/// The parts of a refresh token; [`RefreshKey::is_genuine`] tells whether we created it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The session of the token.
    pub session_id: SessionId,
    /// The number of the token within the session, from 1.
    pub generation: i32,
    mac: Vec<u8>,
}

impl RefreshKey {
    /// The key derived from the server's secret.
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive(Purpose::Refresh))
    }

    /// A seed for a new session.
    pub fn new_seed() -> Result<SessionSeed, SealError> {
        random()
    }

    /// The token of one generation of a session.
    pub fn token(&self, session_id: SessionId, generation: i32, seed: &[u8]) -> String {
        let mac = self.0.mac(&[&generation.to_be_bytes(), seed]);
        format!("{session_id}.{generation}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// Whether we created `token` for the session with `seed`.
    pub fn is_genuine(&self, token: &RefreshToken, seed: &[u8]) -> bool {
        token.mac.len() == 32
            && self
                .0
                .has_mac(&[&token.generation.to_be_bytes(), seed], &token.mac)
    }
}

impl RefreshToken {
    /// Parses the form only; `None` if [`RefreshKey::token`] cannot have created the text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let session_id = parts.next()?.parse().ok()?;
        let digits = parts.next()?;
        // The canonical number: no sign and no leading zero.
        let generation = digits
            .parse::<i32>()
            .ok()
            .filter(|generation| *generation >= 1 && generation.to_string() == digits)?;
        let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        parts.next().is_none().then_some(Self {
            session_id,
            generation,
            mac,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_genuine_for_its_own_generation_and_seed_only() {
        let key = RefreshKey::new(&SecretKey::from_bytes([3; 32]));
        let session_id = SessionId::generate();
        let text = key.token(session_id, 4, &[9; 32]);
        let token = RefreshToken::parse(&text).unwrap();
        assert_eq!((token.session_id, token.generation), (session_id, 4));
        assert!(key.is_genuine(&token, &[9; 32]));
        assert!(!key.is_genuine(&token, &[8; 32]));
        let raised = RefreshToken {
            generation: 5,
            ..token
        };
        assert!(!key.is_genuine(&raised, &[9; 32]));
    }

    #[test]
    fn a_text_that_is_no_token_is_refused_by_its_form() {
        let id = SessionId::generate();
        for text in [
            "",
            "a.b.c",
            &format!("{id}.0.AA"),
            &format!("{id}.+1.AA"),
            &format!("{id}.01.AA"),
            &format!("{id}.1.AA.AA"),
            "1.1.1",
        ] {
            assert_eq!(RefreshToken::parse(text), None, "{text}");
        }
        let key = RefreshKey::new(&SecretKey::from_bytes([3; 32]));
        let short = RefreshToken::parse(&format!("{id}.1.")).unwrap();
        assert!(!key.is_genuine(&short, &[9; 32]));
    }
}
