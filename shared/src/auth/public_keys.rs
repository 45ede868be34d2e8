//! The public halves of the signing keys, read from Postgres and kept.
//!
//! Keys that were read stay usable while Postgres is away.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use super::AuthError;
use crate::db::Pool;

/// How seldom an unknown `kid` may make us look: anyone can send one.
const REREAD_PAUSE: Duration = Duration::from_secs(1);

/// A key that tokens may be checked with.
pub(super) struct VerifyingKey {
    pub decoding_key: DecodingKey,
    /// Set when the key was retired: from then on nothing honest is signed with it.
    pub retired_at: Option<OffsetDateTime>,
}

/// A public key under its name.
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
    /// A key that was read before.
    pub fn get(&self, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(kid)
            .cloned()
    }

    /// A key by its id; an unknown one makes us look once, together with all who ask for one.
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

    /// Reads them all. Revoked ones are gone with this.
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

/// The keys that other services may check our tokens with, the newest first.
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
