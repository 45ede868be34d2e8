//! Ed25519 key pairs: generated, sealed for the database (AES-256-GCM under a derived key, bound to
//! the key's id), and opened again by a server that signs.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;

use super::DerivedKey;

/// The public half of a signing key: 32 bytes (RFC 8032).
pub type PublicKey = [u8; 32];

/// Why a sealed key could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// It was sealed under another `PAWL_SECRET_KEY` or for another id, or it was changed.
    #[error("this PAWL_SECRET_KEY does not decrypt the sealed key")]
    DoesNotOpen,
    /// The cipher or the random source failed.
    #[error("the cryptographic library failed")]
    Library,
}

/// An Ed25519 pair with its private half.
pub struct KeyPair {
    /// The `kid` in token headers: 16 characters of the public key's SHA-256 in base64url, so that
    /// two servers never give the same id to different keys. A leading hyphen would look like a
    /// flag.
    pub kid: String,
    /// The public half.
    pub public_key: PublicKey,
    pkcs8: Vec<u8>,
}

impl KeyPair {
    /// Generates a pair from the system's randomness.
    pub fn generate() -> Result<Self, SealError> {
        let document =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| SealError::Library)?;
        Self::from_pkcs8(document.as_ref().to_vec())
    }

    /// The private half, encrypted so that only this secret and this `kid` open it.
    pub fn seal(&self, key: &DerivedKey) -> Result<Vec<u8>, SealError> {
        let nonce = random::<NONCE_LEN>()?;
        let mut text = self.pkcs8.clone();
        cipher(key)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(self.kid.as_bytes()),
                &mut text,
            )
            .map_err(|_| SealError::Library)?;
        Ok([nonce.as_slice(), &text].concat())
    }

    /// Opens the output of [`KeyPair::seal`] for `kid`.
    pub fn open(kid: &str, sealed: &[u8], key: &DerivedKey) -> Result<Self, SealError> {
        let (nonce, text) = sealed
            .split_at_checked(NONCE_LEN)
            .ok_or(SealError::DoesNotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::DoesNotOpen)?;
        let mut text = text.to_vec();
        let plain = cipher(key)?
            .open_in_place(nonce, Aad::from(kid.as_bytes()), &mut text)
            .map_err(|_| SealError::DoesNotOpen)?;
        Self::from_pkcs8(plain.to_vec())
    }

    /// The key in the form that signs tokens.
    pub(super) fn encoding_key(&self) -> EncodingKey {
        EncodingKey::from_ed_der(&self.pkcs8)
    }

    fn from_pkcs8(pkcs8: Vec<u8>) -> Result<Self, SealError> {
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| SealError::DoesNotOpen)?;
        let mut public_key = [0; 32];
        public_key.copy_from_slice(pair.public_key().as_ref());
        let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &public_key));
        let mut kid = hash.trim_start_matches('-').to_owned();
        kid.truncate(16);
        Ok(Self {
            kid,
            public_key,
            pkcs8,
        })
    }
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPair")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// `N` bytes of the system's randomness.
pub(super) fn random<const N: usize>() -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SealError::Library)?;
    Ok(bytes)
}

fn cipher(key: &DerivedKey) -> Result<LessSafeKey, SealError> {
    UnboundKey::new(&AES_256_GCM, &key.0)
        .map(LessSafeKey::new)
        .map_err(|_| SealError::Library)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Purpose, SecretKey};

    #[test]
    fn a_sealed_key_opens_only_with_its_secret_and_its_id() {
        let ours = SecretKey::from_bytes([1; 32]).derive(Purpose::SigningKeys);
        let theirs = SecretKey::from_bytes([2; 32]).derive(Purpose::SigningKeys);
        let pair = KeyPair::generate().unwrap();
        let mut sealed = pair.seal(&ours).unwrap();
        assert_eq!(
            KeyPair::open(&pair.kid, &sealed, &ours).unwrap().public_key,
            pair.public_key
        );
        assert!(KeyPair::open(&pair.kid, &sealed, &theirs).is_err());
        assert!(KeyPair::open("another", &sealed, &ours).is_err());
        assert!(KeyPair::open(&pair.kid, &sealed[..5], &ours).is_err());
        sealed[20] ^= 1;
        assert!(KeyPair::open(&pair.kid, &sealed, &ours).is_err());
    }
}
