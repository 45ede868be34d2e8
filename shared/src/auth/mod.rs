//! Authentication: keys, access tokens, refresh tokens, and the check in both servers.
//!
//! Access tokens are `EdDSA` JWTs. Only api-servers have `PAWL_SECRET_KEY` and can sign
//! ([`Signer`]); other programs read public keys ([`Verifier`]). Authorization is not decided here
//! but in the actions.

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
pub use error::{AuthError, SignError};
pub use keyring::{KeyInfo, KeyState, Keyring, Revoked, list_keys};
pub use keys::{DerivedKey, Mac, Purpose, SecretKey, SecretKeyError};
pub use pair::{KeyPair, PublicKey, SealError};
pub use public_keys::{PublishedKey, list_public_keys};
pub use refresh::{RefreshKey, RefreshToken, SessionSeed};
pub use signer::{SignedToken, Signer};
pub use verifier::{Verifier, VerifierSettings};

#[cfg(all(test, feature = "testing"))]
mod tests;
