//! Who is calling: keys, access tokens, refresh tokens, and the check that both servers make.
//!
//! Access tokens are `EdDSA` JWTs. Only api-servers hold `PAWL_SECRET_KEY` and can sign
//! ([`Signer`]); everyone else reads public keys ([`Verifier`]). Nothing here decides what a caller
//! may do: that is for the actions.

mod claims;
mod ended;
mod error;
mod keyring;
mod keys;
mod pair;
mod public_keys;
mod refresh;
mod signer;
mod verifier;

pub use claims::{AUDIENCE, Claims, ISSUER, LEEWAY, Principal};
pub use error::AuthError;
pub use keyring::{KeyInfo, Keyring, Revoked, list_keys};
pub use keys::{DerivedKey, Mac, Purpose, SecretKey, SecretKeyError};
pub use pair::{KeyPair, PublicKey, SealError};
pub use public_keys::{PublishedKey, list_public_keys};
pub use refresh::{RefreshKey, RefreshToken, SessionSeed};
pub use signer::{SignError, SignedToken, Signer};
pub use verifier::{Verifier, VerifierSettings};

#[cfg(all(test, feature = "testing"))]
mod tests;
