//! The rows of signing keys: the operator's actions, and the changes of state over time.
//!
//! Every change holds the same lock, so that two concurrent changes cannot leave the servers
//! without a signing key.

mod model;

use std::time::Duration;

use sqlx::PgConnection;

pub use self::model::{KeyInfo, KeyState, Revoked};
use super::{DerivedKey, KeyPair, Purpose, SecretKey, SignError};
use crate::db::PoolConnection;

/// Creates and revokes signing keys. Needs the secret.
pub struct Keyring(DerivedKey);

impl Keyring {
    /// The keys that this secret seals.
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive(Purpose::SigningKeys))
    }

    /// Announces a new key; servers sign with it after `lead`. Refused if this secret does not open
    /// the current key, because then the servers could not open the new one either.
    pub async fn rotate(
        &self,
        connection: &mut PgConnection,
        lead: Duration,
    ) -> Result<KeyInfo, SignError> {
        lock(connection).await?;
        find_pair(connection, &self.0).await?;
        self.insert(connection, KeyState::Next, lead).await
    }

    /// Revokes a key. If it was the signing key, the next announced key takes over; if there is
    /// none, a new key is created.
    pub async fn revoke(
        &self,
        connection: &mut PgConnection,
        kid: &str,
    ) -> Result<Revoked, SignError> {
        lock(connection).await?;
        let state = sqlx::query_scalar!(
            r#"select state as "state: KeyState" from signing_keys where kid = $1"#,
            kid
        )
        .fetch_optional(&mut *connection)
        .await?;
        match state {
            None => return Ok(Revoked::Unknown),
            Some(KeyState::Revoked) => return Ok(Revoked::Already),
            Some(KeyState::Next | KeyState::Active | KeyState::Retired) => {}
        }
        sqlx::query!(
            r#"
            update signing_keys
            set state = 'revoked', retired_at = coalesce(retired_at, now())
            where kid = $1
            "#,
            kid
        )
        .execute(&mut *connection)
        .await?;
        if can_sign(connection).await? {
            return Ok(Revoked::Done { successor: None });
        }
        let successor = if let Some(kid) = promote_next(connection).await? {
            kid
        } else {
            let state = KeyState::Active;
            self.insert(connection, state, Duration::ZERO).await?.kid
        };
        Ok(Revoked::Done {
            successor: Some(successor),
        })
    }

    async fn insert(
        &self,
        connection: &mut PgConnection,
        state: KeyState,
        lead: Duration,
    ) -> Result<KeyInfo, SignError> {
        let pair = KeyPair::generate()?;
        let sealed = pair.seal(&self.0)?;
        let key = sqlx::query_as!(
            KeyInfo,
            r#"
            insert into signing_keys (kid, public_key, sealed_private_key, state, signs_from)
            values ($1, $2, $3, $4, now() + make_interval(secs => $5))
            returning kid, state as "state: KeyState", signs_from
            "#,
            pair.kid,
            pair.public_key.as_slice(),
            sealed,
            state as KeyState,
            lead.as_secs_f64()
        );
        Ok(key.fetch_one(connection).await?)
    }
}

/// All keys, including retired and revoked ones, the newest first.
pub async fn list_keys(connection: &mut PgConnection) -> Result<Vec<KeyInfo>, sqlx::Error> {
    sqlx::query_as!(
        KeyInfo,
        r#"
        select kid, state as "state: KeyState", signs_from
        from signing_keys
        order by signs_from desc, kid
        "#
    )
    .fetch_all(connection)
    .await
}

/// Updates the states that depend on time: a key whose start time has come is active. The key
/// before it is retired as soon as no server can still sign with it. Skipped while an operator
/// holds the lock.
pub(super) async fn update_key_states(
    connection: PoolConnection,
) -> Result<PoolConnection, sqlx::Error> {
    let mut tx = connection.begin().await?;
    let is_locked = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('signing_keys')) as "is_locked!""#
    );
    if is_locked.fetch_one(&mut *tx).await? {
        sqlx::query!(
            r#"
            update signing_keys as key
            set state = case key.state when 'next' then 'active' else 'retired' end,
                retired_at = case key.state when 'active' then now() end
            where key.state = 'next'
                and key.signs_from <= now()
                or key.state = 'active'
                and exists (
                    select from signing_keys as newer
                    where newer.state in ('next', 'active')
                        and newer.signs_from > key.signs_from
                        and newer.signs_from <= now() - interval '2 minutes'
                )
            "#
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}

/// The newest key whose start time has come, opened, with its id.
pub(super) async fn find_pair(
    connection: &mut PgConnection,
    sealing_key: &DerivedKey,
) -> Result<Option<(String, KeyPair)>, SignError> {
    let found = sqlx::query!(
        r#"
        select kid, sealed_private_key
        from signing_keys
        where state in ('next', 'active')
            and signs_from <= now()
        order by signs_from desc, kid
        limit 1
        "#
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let pair = KeyPair::open(&row.kid, &row.sealed_private_key, sealing_key)?;
    Ok(Some((row.kid, pair)))
}

/// Opens the newest key that signs now or later; `Ok` if there is none.
pub(super) async fn open_newest(
    connection: &mut PgConnection,
    sealing_key: &DerivedKey,
) -> Result<(), SignError> {
    let newest = sqlx::query!(
        r#"
        select kid, sealed_private_key
        from signing_keys
        where state in ('next', 'active')
        order by signs_from desc, kid
        limit 1
        "#
    )
    .fetch_optional(connection)
    .await?;
    match newest {
        Some(row) => Ok(KeyPair::open(&row.kid, &row.sealed_private_key, sealing_key).map(drop)?),
        None => Ok(()),
    }
}

pub(super) async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(r#"select pg_advisory_xact_lock(hashtext('signing_keys'))"#)
        .execute(connection)
        .await?;
    Ok(())
}

async fn can_sign(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from signing_keys
            where state in ('next', 'active')
                and signs_from <= now()
        ) as "can_sign!"
        "#
    )
    .fetch_one(connection)
    .await
}

async fn promote_next(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        update signing_keys
        set state = 'active', signs_from = now()
        where kid = (
            select kid
            from signing_keys
            where state = 'next'
            order by signs_from, kid
            limit 1
        )
        returning kid
        "#
    )
    .fetch_optional(connection)
    .await
}

#[cfg(all(test, feature = "testing"))]
mod tests;
