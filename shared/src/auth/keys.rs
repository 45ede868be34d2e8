//! `PAWL_SECRET_KEY` and the keys derived from it, one per purpose (HKDF-SHA-256, RFC 5869).
//!
//! Each derived key has a single purpose, so that a weakness in one use does not affect another.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{digest, hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The length in bytes of the secret and of every key and MAC derived from it.
pub const KEY_BYTES: usize = 32;

/// An HMAC-SHA-256 value.
pub type Mac = [u8; KEY_BYTES];

/// The purpose of a key; the HKDF label separates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Encrypts the private halves of signing keys.
    SigningKeys,
    /// Derives refresh tokens.
    Refresh,
    /// Signs the grants in media URLs.
    MediaGrants,
    /// Encrypts list cursors.
    Cursor,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SigningKeys => b"pawl signing keys",
            Self::Refresh => b"pawl refresh",
            Self::MediaGrants => b"pawl media grants",
            Self::Cursor => b"pawl encrypted cursor",
        }
    }
}

/// `PAWL_SECRET_KEY`: 32 random bytes in base64url. Only api-servers have it.
#[derive(Clone)]
pub struct SecretKey([u8; KEY_BYTES]);

/// The text is not a secret key. The error never repeats the text.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// Not base64url without padding.
    #[error("is not base64url")]
    NotBase64,
    /// Too short or too long.
    #[error("holds {0} bytes instead of {KEY_BYTES}")]
    Length(usize),
}

/// A key for one [`Purpose`].
#[derive(Clone)]
pub struct DerivedKey(pub(super) [u8; KEY_BYTES]);

impl SecretKey {
    /// Wraps raw key bytes.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key for one purpose.
    pub fn derive(&self, purpose: Purpose) -> DerivedKey {
        let mut key = [0; KEY_BYTES];
        let info = [purpose.label()];
        let pseudo_random = hkdf::Salt::new(hkdf::HKDF_SHA256, b"pawl").extract(&self.0);
        pseudo_random
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(&mut key))
            .unwrap_or_else(|_| unreachable!("HKDF-SHA-256 outputs its own length"));
        DerivedKey(key)
    }
}

impl DerivedKey {
    /// HMAC-SHA-256 over the concatenated parts. All parts but the last must have a fixed length;
    /// otherwise two lists of parts could be the same text.
    pub fn mac(&self, parts: &[&[u8]]) -> Mac {
        let mut context = hmac::Context::with_key(&self.hmac_key());
        for part in parts {
            context.update(part);
        }
        let mut mac = [0; KEY_BYTES];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }

    /// Whether `given` is the MAC of `parts`, or a prefix of it, compared in constant time. False
    /// for an empty `given`.
    pub fn has_mac(&self, parts: &[&[u8]], given: &[u8]) -> bool {
        let mac = self.mac(parts);
        mac.get(..given.len()).is_some_and(|expected| {
            !given.is_empty()
                && aws_lc_rs::constant_time::verify_slices_are_equal(expected, given).is_ok()
        })
    }

    /// Encrypts a short text with AES-256-GCM-SIV (RFC 8452), so that only this key opens it, and
    /// only for the same `context`. Equal texts give equal results, and nothing else is visible.
    ///
    /// # Panics
    /// If the text is longer than 64 GiB.
    pub fn seal(&self, context: &[u8], text: &[u8]) -> Vec<u8> {
        let mut sealed = text.to_vec();
        self.cipher()
            .and_then(|cipher| {
                cipher.seal_in_place_append_tag(nonce(context), Aad::from(context), &mut sealed)
            })
            .unwrap_or_else(|_| unreachable!("AES-256-GCM-SIV encrypts every short text"));
        sealed
    }

    /// Opens the result of [`DerivedKey::seal`] for `context`; `None` for any other bytes.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let mut text = sealed.to_vec();
        let cipher = self.cipher().ok()?;
        let opened = cipher.open_in_place(nonce(context), Aad::from(context), &mut text);
        let length = opened.ok()?.len();
        text.truncate(length);
        Some(text)
    }

    fn cipher(&self) -> Result<LessSafeKey, Unspecified> {
        UnboundKey::new(&AES_256_GCM_SIV, &self.0).map(LessSafeKey::new)
    }

    fn hmac_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

/// A nonce for each context. Within a context it repeats, which AES-GCM-SIV permits: it then
/// reveals only which texts are equal.
fn nonce(context: &[u8]) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    let digest = digest::digest(&digest::SHA256, context);
    for (to, from) in nonce.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    Nonce::assume_unique_for_key(nonce)
}

impl FromStr for SecretKey {
    type Err = SecretKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.trim().trim_end_matches('='))
            .map_err(|_| SecretKeyError::NotBase64)?;
        let length = bytes.len();
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| SecretKeyError::Length(length))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_for_one_purpose_says_nothing_about_another() {
        let secret = SecretKey::from_bytes([7; 32]);
        assert_ne!(
            secret.derive(Purpose::Refresh).0,
            secret.derive(Purpose::Cursor).0
        );
        assert_eq!(
            secret.derive(Purpose::Cursor).0,
            secret.derive(Purpose::Cursor).0
        );
    }

    #[test]
    fn a_shortened_mac_is_accepted_and_a_changed_or_empty_one_is_not() {
        let key = SecretKey::from_bytes([7; 32]).derive(Purpose::Cursor);
        let mac = key.mac(&[b"a", b"bc"]);
        assert!(key.has_mac(&[b"abc"], &mac[..8]));
        assert!(!key.has_mac(&[b"abd"], &mac[..8]));
        assert!(!key.has_mac(&[b"abc"], &[]));
    }

    #[test]
    fn a_sealed_text_opens_with_its_key_and_context_only() {
        let key = |byte| SecretKey::from_bytes([byte; 32]).derive(Purpose::Cursor);
        let sealed = key(7).seal(b"list 1", b"a text of one user");
        assert_eq!(sealed, key(7).seal(b"list 1", b"a text of one user"));
        assert!(
            !sealed
                .windows(4)
                .any(|bytes| b"a text of one user".windows(4).any(|text| text == bytes))
        );
        assert_eq!(
            key(7).open(b"list 1", &sealed).unwrap(),
            b"a text of one user"
        );
        assert_eq!(key(7).open(b"list 2", &sealed), None);
        assert_eq!(key(8).open(b"list 1", &sealed), None);
        assert_eq!(key(7).open(b"list 1", &sealed[..15]), None);
    }

    #[test]
    fn a_secret_of_the_wrong_length_is_refused_without_repeating_it() {
        let error = "c2hvcnQ".parse::<SecretKey>().unwrap_err();
        assert_eq!(error.to_string(), "holds 5 bytes instead of 32");
        assert!("not base64!".parse::<SecretKey>().is_err());
        let text = URL_SAFE_NO_PAD.encode([1; 32]);
        assert!(text.parse::<SecretKey>().is_ok());
    }
}
