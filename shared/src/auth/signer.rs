//! Signs access tokens. Only api-server has a signer.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use time::OffsetDateTime;

use super::{Claims, DerivedKey, KeyPair, Principal, Purpose, SecretKey, SignError, keyring};
use crate::db::Pool;
use crate::ids::{SessionId, UserId};

/// How long a key is used before the signer checks whether it was revoked or a newer one has
/// started.
const REREAD_AFTER: Duration = Duration::from_secs(5);

/// Signs access tokens with the newest key that has started.
pub struct Signer {
    pool: Pool,
    sealing_key: DerivedKey,
    lifetime: time::Duration,
    current: RwLock<Option<Arc<SigningKey>>>,
}

/// A signed access token.
#[derive(Clone)]
pub struct SignedToken {
    /// The JWT.
    pub token: String,
    /// When the token expires.
    pub expires_at: OffsetDateTime,
}

struct SigningKey {
    kid: String,
    encoding_key: EncodingKey,
    read_at: Instant,
}

impl Signer {
    /// A signer whose tokens are valid for `lifetime`.
    pub fn new(pool: Pool, secret: &SecretKey, lifetime: time::Duration) -> Self {
        let sealing_key = secret.derive(Purpose::SigningKeys);
        Self {
            pool,
            sealing_key,
            lifetime,
            current: RwLock::default(),
        }
    }

    /// The lifetime of its tokens.
    pub const fn lifetime(&self) -> time::Duration {
        self.lifetime
    }

    /// An access token for a user's session.
    pub async fn sign(
        &self,
        user_id: UserId,
        session_id: SessionId,
        now: OffsetDateTime,
    ) -> Result<SignedToken, SignError> {
        let key = self.key().await?;
        let expires_at = now + self.lifetime;
        let caller = Principal {
            user_id,
            session_id,
            issued_at: now,
            expires_at,
        };
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let token = encode(&header, &Claims::of(&caller), &key.encoding_key)?;
        Ok(SignedToken { token, expires_at })
    }

    /// Creates a key if none can sign; true if it did. Servers that start together create only one.
    pub async fn create_first_key(&self) -> Result<bool, SignError> {
        let pair = KeyPair::generate()?;
        let sealed = pair.seal(&self.sealing_key)?;
        let mut tx = self.pool.begin().await?;
        keyring::lock(&mut tx).await?;
        // Not `now()`, the start of this transaction: while this one waited for the lock, another
        // transaction that began later may have committed a key.
        let inserted = sqlx::query!(
            r#"
            insert into signing_keys (kid, public_key, sealed_private_key, state, signs_from)
            select $1, $2, $3, 'active', now()
            where not exists (
                select from signing_keys
                where state in ('next', 'active')
                    and signs_from <= clock_timestamp()
            )
            "#,
            pair.kid,
            pair.public_key.as_slice(),
            sealed
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// Whether it can sign: a key has started, and our secret opens it.
    pub async fn check(&self) -> Result<(), SignError> {
        self.key().await.map(drop)
    }

    /// Whether our secret opens the newest key that signs now or later, if there is one.
    pub async fn check_secret(&self) -> Result<(), SignError> {
        let mut connection = self.pool.acquire().await?;
        keyring::open_newest(&mut connection, &self.sealing_key).await
    }

    async fn key(&self) -> Result<Arc<SigningKey>, SignError> {
        let current = self
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(key) = current.filter(|key| key.read_at.elapsed() < REREAD_AFTER) {
            return Ok(key);
        }
        let key = Arc::new(self.read_key().await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&key));
        Ok(key)
    }

    async fn read_key(&self) -> Result<SigningKey, SignError> {
        let read_at = Instant::now();
        let mut connection = keyring::update_key_states(self.pool.acquire().await?).await?;
        let found = keyring::find_pair(&mut connection, &self.sealing_key).await?;
        let (kid, pair) = found.ok_or(SignError::NoKey)?;
        Ok(SigningKey {
            encoding_key: pair.encoding_key(),
            kid,
            read_at,
        })
    }
}

impl std::fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
