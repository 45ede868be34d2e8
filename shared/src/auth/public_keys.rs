//! The public halves of the signing keys, read from Postgres and cached.
//!
//! Cached keys stay usable while Postgres is unavailable.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use super::AuthError;
use crate::db::Pool;

/// The minimum time between two reads for an unknown `kid`, because any client can send one.
const REREAD_PAUSE: Duration = Duration::from_secs(1);

/// A key that verifies tokens.
pub(super) struct VerifyingKey {
    pub decoding_key: DecodingKey,
    /// Set when the key was retired. Tokens dated later are not genuine.
    pub retired_at: Option<OffsetDateTime>,
}

/// A public key with its id.
#[derive(Debug, Clone)]
pub struct PublishedKey {
    /// The `kid` of token headers.
    pub kid: String,
    /// 32 bytes (RFC 8032).
    pub public_key: Vec<u8>,
}

type Keys = HashMap<String, Arc<VerifyingKey>>;

#[derive(Default)]
pub(super) struct PublicKeys {
    keys: RwLock<Keys>,
    reread_at: Mutex<Option<Instant>>,
}

impl PublicKeys {
    /// A cached key.
    pub fn get(&self, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(kid)
            .cloned()
    }

    /// Finds a key by its id. An unknown id triggers one read, shared by all concurrent callers.
    pub async fn find(&self, pool: &Pool, kid: &str) -> Result<Arc<VerifyingKey>, AuthError> {
        if let Some(key) = self.get(kid) {
            return Ok(key);
        }
        let mut reread_at = self.reread_at.lock().await;
        if let Some(key) = self.get(kid) {
            return Ok(key);
        }
        if reread_at.is_none_or(|at| at.elapsed() >= REREAD_PAUSE) {
            self.read(pool).await?;
            *reread_at = Some(Instant::now());
        }
        self.get(kid).ok_or(AuthError::Invalid)
    }

    /// Reads all keys. Revoked keys are then no longer cached.
    pub async fn read(&self, pool: &Pool) -> Result<(), sqlx::Error> {
        let rows = sqlx::query!(
            r#"
            select kid, public_key, retired_at
            from signing_keys
            where state <> 'revoked'
            "#
        )
        .fetch_all(&mut *pool.acquire().await?)
        .await?;
        let keys = rows.into_iter().map(|row| {
            let decoding_key = DecodingKey::from_ed_der(&row.public_key);
            (
                row.kid,
                Arc::new(VerifyingKey {
                    decoding_key,
                    retired_at: row.retired_at,
                }),
            )
        });
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.collect();
        Ok(())
    }
}

/// The keys with which other services may verify our tokens, the newest first.
pub async fn list_public_keys(pool: &Pool) -> Result<Vec<PublishedKey>, sqlx::Error> {
    sqlx::query_as!(
        PublishedKey,
        r#"
        select kid, public_key
        from signing_keys
        where state <> 'revoked'
        order by signs_from desc, kid
        "#
    )
    .fetch_all(&mut *pool.acquire().await?)
    .await
}
