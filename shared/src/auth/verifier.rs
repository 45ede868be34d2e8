//! The check that both servers make on every request, almost always from memory.

use std::time::Duration;

use aws_lc_rs::digest;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use quick_cache::sync::Cache;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::ended::{EndedSet, check_row};
use super::public_keys::{PublicKeys, VerifyingKey};
use super::{AUDIENCE, AuthError, Claims, ISSUER, LEEWAY, Principal};
use crate::clock::Clock;
use crate::db::Pool;

/// How often the ended set is read.
const ENDED_EVERY: Duration = Duration::from_secs(2);
/// The public keys are read on every nth read of the set, that is every 4 s, so that a revoked key
/// stops working as soon as a revoked session.
const KEYS_EVERY: u32 = 2;
/// The maximum time for one read from Postgres.
const DEADLINE: Duration = Duration::from_secs(5);
/// How many verified tokens are kept (about 150 bytes each).
const MAX_VERIFIED: usize = 16_384;

/// The configuration of a [`Verifier`].
#[derive(Debug, Clone, Copy)]
pub struct VerifierSettings {
    /// The maximum lifetime that any api-server gives a token. Older tokens are checked against
    /// their session's row, so a wrong value costs time, not safety.
    pub longest_lifetime: time::Duration,
}

/// Verifies access tokens. [`Verifier::watch`] makes it fast; without it, the results are the same.
pub struct Verifier {
    pool: Pool,
    clock: Clock,
    settings: VerifierSettings,
    keys: PublicKeys,
    ended: EndedSet,
    verified: Cache<TokenHash, Verified>,
}

type TokenHash = [u8; 32];

#[derive(Clone)]
struct Verified {
    kid: String,
    caller: Principal,
}

impl Default for VerifierSettings {
    fn default() -> Self {
        Self {
            longest_lifetime: time::Duration::minutes(15),
        }
    }
}

impl Verifier {
    /// A verifier with empty caches.
    pub fn new(pool: Pool, clock: Clock, settings: VerifierSettings) -> Self {
        Self {
            pool,
            clock,
            settings,
            keys: PublicKeys::default(),
            ended: EndedSet::default(),
            verified: Cache::new(MAX_VERIFIED),
        }
    }

    /// The caller of a request with these headers. [`AuthError::Missing`] without `Authorization`.
    /// An invalid token is an error even where a token is optional.
    pub async fn verify_headers(&self, headers: &HeaderMap) -> Result<Principal, AuthError> {
        self.verify(bearer(headers)?).await
    }

    /// The caller of a request about something created at `created_at`. An expired token that was
    /// valid then is accepted while its session is active, because background uploads on phones
    /// cannot refresh. Costs one read.
    pub async fn verify_creator(
        &self,
        headers: &HeaderMap,
        created_at: OffsetDateTime,
    ) -> Result<Principal, AuthError> {
        let caller = self.verify_signature(bearer(headers)?).await?;
        // The clocks of the database and of the signer may differ by the leeway.
        let was_good =
            caller.issued_at - LEEWAY <= created_at && created_at < caller.expires_at + LEEWAY;
        if !was_good {
            return Err(AuthError::Expired);
        }
        within(check_row(&self.pool, &caller)).await?;
        Ok(caller)
    }

    /// Checks signature, claims, time, session and account of a token.
    pub async fn verify(&self, token: &str) -> Result<Principal, AuthError> {
        let caller = self.verify_signature(token).await?;
        caller.check_time(self.clock.now())?;
        match self.ended.check(&caller) {
            Some(verdict) => verdict,
            None => within(check_row(&self.pool, &caller)).await,
        }?;
        Ok(caller)
    }

    /// Keeps the ended set and the public keys fresh until `stop`. It keeps trying while Postgres
    /// is unavailable. The caller owns the task.
    pub async fn watch(&self, stop: CancellationToken) {
        let mut readings = 0_u32;
        let mut was_read = true;
        while !stop.is_cancelled() {
            let is_read = self.read(readings.is_multiple_of(KEYS_EVERY)).await;
            if let (Err(error), true) = (&is_read, was_read) {
                tracing::warn!(%error, "could not read ended sessions and keys; reading each \
                                        session's row instead");
            }
            was_read = is_read.is_ok();
            readings = if was_read {
                readings.wrapping_add(1)
            } else {
                0
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(ENDED_EVERY) => {}
            }
        }
    }

    pub(super) async fn read(&self, with_keys: bool) -> Result<(), AuthError> {
        let (longest_lifetime, now) = (self.settings.longest_lifetime, self.clock.now());
        within(async {
            self.ended.read(&self.pool, longest_lifetime, now).await?;
            if with_keys {
                self.keys.read(&self.pool).await?;
            }
            Ok(())
        })
        .await
    }

    async fn verify_signature(&self, token: &str) -> Result<Principal, AuthError> {
        let hash = hash(token);
        if let Some(verified) = self.verified.get(&hash) {
            // The key may have been revoked or retired since the token was cached.
            let key = self.keys.get(&verified.kid).ok_or(AuthError::Invalid)?;
            self.check_retired(&key, &verified.caller)?;
            return Ok(verified.caller);
        }
        let header = decode_header(token).map_err(|_| AuthError::Invalid)?;
        let kid = header.kid.ok_or(AuthError::Invalid)?;
        let key = within(self.keys.find(&self.pool, &kid)).await?;
        let decoded = decode::<Claims>(token, &key.decoding_key, &validation())
            .map_err(|_| AuthError::Invalid)?;
        let caller = Principal::try_from(decoded.claims)?;
        self.check_retired(&key, &caller)?;
        self.verified.insert(hash, Verified { kid, caller });
        Ok(caller)
    }

    /// A retired key verifies only tokens dated before its retirement.
    fn check_retired(&self, key: &VerifyingKey, caller: &Principal) -> Result<(), AuthError> {
        let last = |at: OffsetDateTime| at + self.settings.longest_lifetime + LEEWAY;
        match key.retired_at {
            Some(at) if caller.issued_at > at + LEEWAY || caller.expires_at > last(at) => {
                Err(AuthError::Invalid)
            }
            _ => Ok(()),
        }
    }
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, AuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(AuthError::Missing)?;
    // With two different headers, a proxy might have checked the other one.
    if values.next().is_some() {
        return Err(AuthError::Invalid);
    }
    let text = value.to_str().map_err(|_| AuthError::Invalid)?;
    let (scheme, token) = text.split_once(' ').ok_or(AuthError::Invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthError::Invalid);
    }
    Ok(token.trim())
}

fn hash(token: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// Only `EdDSA`. The expiry is checked by our own clock, so that cached and new tokens are treated
/// alike.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.validate_exp = false;
    validation
}

async fn within<T>(look: impl Future<Output = Result<T, AuthError>>) -> Result<T, AuthError> {
    tokio::time::timeout(DEADLINE, look)
        .await
        .unwrap_or_else(|_| {
            Err(AuthError::Unavailable(
                "the database did not answer in time".to_owned(),
            ))
        })
}
