//! Signing keys on a real database: which key signs, and which keys verify.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use std::time::Duration;

use jsonwebtoken::decode_header;
use time::OffsetDateTime;

use super::*;
use crate::auth::{AuthError, Signer, Verifier, VerifierSettings, list_public_keys};
use crate::clock::Clock;
use crate::ids::SessionId;
use crate::testing::{TestDatabase, insert_user};

const LEAD: Duration = Duration::from_mins(6);
const LIFETIME: time::Duration = time::Duration::minutes(15);

struct Fixture {
    database: TestDatabase,
    secret: SecretKey,
    keyring: Keyring,
}

impl Fixture {
    async fn create() -> Self {
        let secret = SecretKey::from_bytes([1; 32]);
        Self {
            database: TestDatabase::create().await,
            keyring: Keyring::new(&secret),
            secret,
        }
    }

    /// Creates a key and returns its id.
    async fn with_a_key() -> (Self, String) {
        let fixture = Self::create().await;
        assert!(fixture.server().create_first_key().await.unwrap());
        let kid = fixture.signing_kid().await;
        (fixture, kid)
    }

    /// A server that has not read any keys yet.
    fn server(&self) -> Signer {
        Signer::new(self.database.pool.clone(), &self.secret, LIFETIME)
    }

    async fn rotate(&self) -> KeyInfo {
        let mut tx = self.database.pool.begin().await.unwrap();
        let key = self.keyring.rotate(&mut tx, LEAD).await.unwrap();
        tx.commit().await.unwrap();
        key
    }

    async fn revoke(&self, kid: &str) -> Revoked {
        let mut tx = self.database.pool.begin().await.unwrap();
        let revoked = self.keyring.revoke(&mut tx, kid).await.unwrap();
        tx.commit().await.unwrap();
        revoked
    }

    /// Moves a key's start time this many seconds into the past.
    async fn let_come(&self, kid: &str, seconds_ago: i32) {
        sqlx::query(
            "update signing_keys set signs_from = now() - $2 * interval '1 second' where kid = $1",
        )
        .bind(kid)
        .bind(seconds_ago)
        .execute(&self.database.pool)
        .await
        .unwrap();
    }

    async fn token(&self) -> String {
        let user_id = insert_user(&self.database.pool, &SessionId::generate().to_string()).await;
        let session_id = SessionId::generate();
        sqlx::query(
            "insert into sessions (id, user_id, seed, expires_at) \
             values ($1, $2, sha256('seed'), now() + interval '30 days')",
        )
        .bind(session_id)
        .bind(user_id)
        .execute(&self.database.pool)
        .await
        .unwrap();
        let now = OffsetDateTime::now_utc();
        let signed = self.server().sign(user_id, session_id, now).await;
        signed.unwrap().token
    }

    /// The key that a server signs with now.
    async fn signing_kid(&self) -> String {
        decode_header(&self.token().await).unwrap().kid.unwrap()
    }

    async fn verify(&self, token: &str) -> Result<(), AuthError> {
        let pool = self.database.pool.clone();
        let verifier = Verifier::new(pool, Clock::system(), VerifierSettings::default());
        verifier.verify(token).await.map(drop)
    }

    async fn states(&self) -> Vec<(String, KeyState)> {
        let mut connection = self.database.pool.acquire().await.unwrap();
        let keys = list_keys(&mut connection).await.unwrap();
        keys.into_iter().map(|key| (key.kid, key.state)).collect()
    }

    async fn published(&self) -> Vec<String> {
        let keys = list_public_keys(&self.database.pool).await.unwrap();
        keys.into_iter().map(|key| key.kid).collect()
    }
}

#[tokio::test]
async fn a_new_key_signs_on_every_server_once_its_time_has_come_and_not_before() {
    let (fixture, old) = Fixture::with_a_key().await;
    let by_old = fixture.token().await;
    let key = fixture.rotate().await;
    let new = key.kid.clone();
    let ahead = key.signs_from - OffsetDateTime::now_utc();
    assert!(ahead > time::Duration::minutes(5), "{ahead}");
    assert_eq!(fixture.signing_kid().await, old);
    assert_eq!(fixture.published().await, [new.clone(), old.clone()]);

    let state = |kid: &str, state| (kid.to_owned(), state);
    for (seconds_ago, state_of_old) in [(1, KeyState::Active), (180, KeyState::Retired)] {
        fixture.let_come(&new, seconds_ago).await;
        fixture.let_come(&old, 600).await;
        assert_eq!(fixture.signing_kid().await, new);
        let expected = [state(&new, KeyState::Active), state(&old, state_of_old)];
        assert_eq!(fixture.states().await, expected);
        assert_eq!(fixture.published().await, [new.clone(), old.clone()]);
        assert_eq!(fixture.verify(&by_old).await, Ok(()));
        assert_eq!(fixture.verify(&fixture.token().await).await, Ok(()));
    }
}

#[tokio::test]
async fn a_revoked_key_verifies_nothing_and_the_only_one_leaves_another() {
    let (fixture, old) = Fixture::with_a_key().await;
    let by_old = fixture.token().await;
    let Revoked::Done {
        successor: Some(new),
    } = fixture.revoke(&old).await
    else {
        panic!("another key takes over");
    };
    assert_eq!(fixture.verify(&by_old).await, Err(AuthError::Invalid));
    assert_eq!(fixture.signing_kid().await, new);
    assert_eq!(fixture.verify(&fixture.token().await).await, Ok(()));
    assert_eq!(fixture.published().await, [new]);
    assert_eq!(fixture.revoke(&old).await, Revoked::Already);
    assert_eq!(fixture.revoke("nobody's").await, Revoked::Unknown);
}

#[tokio::test]
async fn a_revoked_key_leaves_its_place_to_the_one_announced_first() {
    let (fixture, old) = Fixture::with_a_key().await;
    let (next, later) = (fixture.rotate().await.kid, fixture.rotate().await.kid);
    let successor = Some(next.clone());
    assert_eq!(fixture.revoke(&old).await, Revoked::Done { successor });
    assert_eq!(fixture.signing_kid().await, next);
    let nothing = Revoked::Done { successor: None };
    assert_eq!(fixture.revoke(&later).await, nothing, "it never signed");
    assert_eq!(fixture.signing_kid().await, next);
    assert_eq!(fixture.published().await, [next]);
}

#[tokio::test]
async fn who_rotates_at_once_announces_two_keys_and_every_server_signs_with_the_same() {
    let (fixture, old) = Fixture::with_a_key().await;
    let (a, b) = tokio::join!(fixture.rotate(), fixture.rotate());
    assert_ne!(a.kid, b.kid);
    assert_eq!(fixture.published().await.len(), 3);
    assert_eq!(fixture.signing_kid().await, old);
    for kid in [&a.kid, &b.kid] {
        fixture.let_come(kid, 0).await;
    }
    let (one, other) = (fixture.signing_kid().await, fixture.signing_kid().await);
    assert_eq!(one, other);
    assert_ne!(one, old);
}

#[tokio::test]
async fn revoking_all_keys_at_once_leaves_one_that_signs() {
    let (fixture, old) = Fixture::with_a_key().await;
    let next = fixture.rotate().await.kid;
    fixture.let_come(&next, 180).await;
    fixture.let_come(&old, 600).await;
    tokio::join!(
        fixture.revoke(&next),
        fixture.revoke(&old),
        fixture.token(),
        fixture.token()
    );
    let signing = fixture.signing_kid().await;
    assert!(![old, next].contains(&signing), "{signing}");
}

#[tokio::test]
async fn a_server_signs_on_while_an_operator_is_at_the_keys() {
    let (fixture, old) = Fixture::with_a_key().await;
    let mut tx = fixture.database.pool.begin().await.unwrap();
    fixture.keyring.rotate(&mut tx, LEAD).await.unwrap();
    assert_eq!(fixture.signing_kid().await, old);
}

#[tokio::test]
async fn another_secret_announces_no_key_that_the_servers_could_not_open() {
    let (fixture, old) = Fixture::with_a_key().await;
    let other = Keyring::new(&SecretKey::from_bytes([2; 32]));
    let mut tx = fixture.database.pool.begin().await.unwrap();
    let refused = other.rotate(&mut tx, LEAD).await.unwrap_err();
    assert!(matches!(refused, SignError::Seal(_)), "{refused:?}");
    tx.commit().await.unwrap();
    assert_eq!(fixture.published().await, [old]);
}

#[tokio::test]
async fn a_secret_that_does_not_open_the_announced_key_is_found_before_its_time() {
    let mut fixture = Fixture::create().await;
    fixture.server().check_secret().await.unwrap();
    fixture.rotate().await;
    fixture.server().check_secret().await.unwrap();
    fixture.secret = SecretKey::from_bytes([2; 32]);
    let refused = fixture.server().check_secret().await.unwrap_err();
    assert!(matches!(refused, SignError::Seal(_)), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_finds_only_an_announced_key_makes_one_until_then() {
    let fixture = Fixture::create().await;
    let next = fixture.rotate().await.kid;
    assert!(fixture.server().create_first_key().await.unwrap());
    assert!(!fixture.server().create_first_key().await.unwrap());
    assert_ne!(fixture.signing_kid().await, next);
    fixture.let_come(&next, 0).await;
    assert_eq!(fixture.signing_kid().await, next);
}

#[tokio::test]
async fn with_a_new_secret_revoking_the_old_key_makes_one_that_it_opens() {
    let (mut fixture, old) = Fixture::with_a_key().await;
    fixture.secret = SecretKey::from_bytes([2; 32]);
    fixture.keyring = Keyring::new(&fixture.secret);
    let refused = fixture.server().check().await;
    assert!(matches!(refused, Err(SignError::Seal(_))), "{refused:?}");
    fixture.revoke(&old).await;
    assert_ne!(fixture.signing_kid().await, old);
    assert_eq!(fixture.verify(&fixture.token().await).await, Ok(()));
}
