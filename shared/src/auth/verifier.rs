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
/// Every how many of those readings the public keys are read too: 4 s, so that a revoked key ends
/// as soon as a revoked session.
const KEYS_EVERY: u32 = 2;
/// How long one look at Postgres may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// How many verified tokens are kept (about 150 bytes each).
const MAX_VERIFIED: usize = 16_384;

/// What a [`Verifier`] needs to know.
#[derive(Debug, Clone, Copy)]
pub struct VerifierSettings {
    /// The longest lifetime any api-server gives a token. Tokens older than this are checked
    /// against their session's row, so that a wrong value costs time, not safety.
    pub longest_lifetime: time::Duration,
}

/// Checks access tokens. [`Verifier::watch`] keeps it fast; without it, it is still right.
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
    /// A verifier that has read nothing yet.
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

    /// Who sent these headers. [`AuthError::Missing`] without `Authorization`; a token that is
    /// sent and bad is an error even where none is needed.
    pub async fn verify_headers(&self, headers: &HeaderMap) -> Result<Principal, AuthError> {
        self.verify(bearer(headers)?).await
    }

    /// Who sent these headers about something that was created at `created_at`: a token that has
    /// expired but was good then still names its user while its session lives, because a phone's
    /// background uploads cannot refresh. Costs one read.
    pub async fn verify_creator(
        &self,
        headers: &HeaderMap,
        created_at: OffsetDateTime,
    ) -> Result<Principal, AuthError> {
        let caller = self.verify_signature(bearer(headers)?).await?;
        // The database's time and the signer's may be apart by the leeway.
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

    /// Keeps the ended set and the public keys fresh until `stop`. While Postgres is away it goes
    /// on trying; the caller owns the task.
    pub async fn watch(&self, stop: CancellationToken) {
        let mut readings = 0_u32;
        let mut was_read = true;
        while !stop.is_cancelled() {
            let is_read = self.read(readings.is_multiple_of(KEYS_EVERY)).await;
            if let (Err(error), true) = (&is_read, was_read) {
                tracing::warn!(%error, "sessions and keys cannot be read; going on with rows");
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
            // The key may have been revoked or retired since.
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

    /// A retired key vouches for what it signed before, not for what is dated later.
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
    // Of two that differ a proxy might have looked at the other.
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

/// `EdDSA` and nothing else; time is checked by our own clock, so that a token from the cache and
/// a new one go the same way.
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
