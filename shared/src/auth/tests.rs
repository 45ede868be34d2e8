//! The verifier on a real database: what it refuses, and how soon.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use std::sync::Arc;
use std::time::{Duration as StdDuration, Instant};

use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::clock::Clock;
use crate::ids::{SessionId, UserId};
use crate::testing::TestDatabase;

const LIFETIME: Duration = Duration::minutes(15);

/// A database with one user, their session, a signing key, and a second user.
struct Fixture {
    database: TestDatabase,
    clock: Clock,
    secret: SecretKey,
    signer: Signer,
    verifier: Arc<Verifier>,
    user_id: UserId,
    session_id: SessionId,
}

impl Fixture {
    async fn create() -> Self {
        let database = TestDatabase::create().await;
        let secret = SecretKey::from_bytes([1; 32]);
        let clock = Clock::fixed(OffsetDateTime::now_utc());
        let signer = Signer::new(database.pool.clone(), &secret, LIFETIME);
        assert!(signer.create_first_key().await.unwrap());
        let settings = VerifierSettings {
            longest_lifetime: LIFETIME,
        };
        let verifier = Verifier::new(database.pool.clone(), clock.clone(), settings);
        let (user_id, session_id) = insert_user(&database, "amy").await;
        insert_user(&database, "bob").await;
        let verifier = Arc::new(verifier);
        Self {
            database,
            clock,
            secret,
            signer,
            verifier,
            user_id,
            session_id,
        }
    }

    async fn token(&self) -> String {
        let signed = self
            .signer
            .sign(self.user_id, self.session_id, self.clock.now())
            .await;
        signed.unwrap().token
    }

    fn claims(&self) -> Claims {
        Claims::of(&Principal {
            user_id: self.user_id,
            session_id: self.session_id,
            issued_at: self.clock.now(),
            expires_at: self.clock.now() + LIFETIME,
        })
    }

    async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(&self.database.pool)
            .await
            .unwrap();
    }

    /// The key pair in the database.
    async fn pair(&self) -> KeyPair {
        let (kid, sealed): (String, Vec<u8>) =
            sqlx::query_as("select kid, sealed_private_key from signing_keys")
                .fetch_one(&self.database.pool)
                .await
                .unwrap();
        KeyPair::open(&kid, &sealed, &self.secret.derive(Purpose::SigningKeys)).unwrap()
    }
}

/// A token with these claims and this header, signed with `key`.
fn forge(header: &Header, claims: &Claims, key: &EncodingKey) -> String {
    encode(header, claims, key).unwrap()
}

async fn insert_user(database: &TestDatabase, name: &str) -> (UserId, SessionId) {
    let user_id: UserId = sqlx::query_scalar(
        "insert into users (username, email, password_hash) values ($1, $1 || '@a.test', 'x') \
         returning id",
    )
    .bind(name)
    .fetch_one(&database.pool)
    .await
    .unwrap();
    let session_id = SessionId::generate();
    sqlx::query(
        "insert into sessions (id, user_id, seed, expires_at) \
         values ($1, $2, sha256('seed'), now() + interval '30 days')",
    )
    .bind(session_id)
    .bind(user_id)
    .execute(&database.pool)
    .await
    .unwrap();
    (user_id, session_id)
}

#[tokio::test]
async fn a_signed_token_names_its_user_and_session_until_it_expires() {
    let fixture = Fixture::create().await;
    let token = fixture.token().await;
    for _ in 0..2 {
        let caller = fixture.verifier.verify(&token).await.unwrap();
        assert_eq!(
            (caller.user_id, caller.session_id),
            (fixture.user_id, fixture.session_id)
        );
    }
    fixture.clock.advance(LIFETIME + Duration::seconds(4));
    assert!(fixture.verifier.verify(&token).await.is_ok());
    fixture.clock.advance(Duration::seconds(2));
    assert_eq!(
        fixture.verifier.verify(&token).await,
        Err(AuthError::Expired)
    );
}

#[tokio::test]
async fn forged_tokens_are_invalid() {
    let fixture = Fixture::create().await;
    let pair = fixture.pair().await;
    let (claims, kid) = (fixture.claims(), Some(pair.kid.clone()));
    let ours = pair.encoding_key();
    let header = Header {
        kid: kid.clone(),
        ..Header::new(Algorithm::EdDSA)
    };
    let genuine = forge(&header, &claims, &ours);
    assert!(fixture.verifier.verify(&genuine).await.is_ok());

    let hs256 = Header {
        kid: kid.clone(),
        ..Header::new(Algorithm::HS256)
    };
    let by_public_key = EncodingKey::from_secret(&pair.public_key);
    let theirs = KeyPair::generate().unwrap().encoding_key();
    let unknown = Header {
        kid: Some("unknown".to_owned()),
        ..Header::new(Algorithm::EdDSA)
    };
    let elsewhere = Claims {
        aud: "other".to_owned(),
        ..claims.clone()
    };
    let issued_elsewhere = Claims {
        iss: "other".to_owned(),
        ..claims.clone()
    };
    let unborn = Claims {
        iat: claims.iat + 60,
        ..claims.clone()
    };
    let forged = [
        forge(&hs256, &claims, &by_public_key),
        forge(&header, &claims, &theirs),
        forge(&unknown, &claims, &ours),
        forge(&Header::new(Algorithm::EdDSA), &claims, &ours),
        forge(&header, &elsewhere, &ours),
        forge(&header, &issued_elsewhere, &ours),
        forge(&header, &unborn, &ours),
        with_alg_none(&genuine),
        genuine[..genuine.len() - 4].to_owned(),
        String::new(),
        "a.b.c".to_owned(),
    ];
    for token in forged {
        assert_eq!(
            fixture.verifier.verify(&token).await,
            Err(AuthError::Invalid),
            "{token}"
        );
    }
}

/// The same claims under `{"alg":"none"}` and an empty signature.
fn with_alg_none(token: &str) -> String {
    use base64::Engine as _;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    format!("{header}.{}.", token.split('.').nth(1).unwrap())
}

#[tokio::test]
async fn without_the_watch_an_ended_session_and_a_suspended_user_are_seen_at_once() {
    let fixture = Fixture::create().await;
    let token = fixture.token().await;
    assert!(fixture.verifier.verify(&token).await.is_ok());
    fixture
        .run("update users set state = 'suspended' where username = 'amy'")
        .await;
    assert_eq!(
        fixture.verifier.verify(&token).await,
        Err(AuthError::Suspended)
    );
    fixture
        .run("update users set state = 'active' where username = 'amy'")
        .await;
    assert!(fixture.verifier.verify(&token).await.is_ok());
    fixture
        .run("update sessions set ended_at = now(), end_reason = 'revoked'")
        .await;
    assert_eq!(fixture.verifier.verify(&token).await, Err(AuthError::Ended));
}

#[tokio::test]
async fn with_the_watch_an_ended_session_is_refused_within_five_seconds() {
    let fixture = Fixture::create().await;
    let token = fixture.token().await;
    let stop = CancellationToken::new();
    let verifier = Arc::clone(&fixture.verifier);
    let watch = tokio::spawn({
        let stop = stop.clone();
        async move { verifier.watch(stop).await }
    });
    assert!(fixture.verifier.verify(&token).await.is_ok());
    fixture
        .run(
            "update sessions set ended_at = now(), end_reason = 'signed_out' \
             where user_id = (select id from users where username = 'amy')",
        )
        .await;
    // Five seconds are promised; a busy machine may need much longer to ask.
    let ended = Instant::now();
    while fixture.verifier.verify(&token).await.is_ok() {
        assert!(ended.elapsed() < StdDuration::from_mins(1));
        tokio::time::sleep(StdDuration::from_millis(20)).await;
    }
    assert_eq!(fixture.verifier.verify(&token).await, Err(AuthError::Ended));
    stop.cancel();
    watch.await.unwrap();
}

#[tokio::test]
async fn a_clock_that_went_back_does_not_revive_tokens_of_a_session_that_ended() {
    let fixture = Fixture::create().await;
    fixture.clock.advance(-Duration::hours(1));
    let token = fixture.token().await;
    fixture
        .run(
            "update sessions set ended_at = now() - interval '50 minutes', \
             end_reason = 'signed_out' \
             where user_id = (select id from users where username = 'amy')",
        )
        .await;
    fixture.verifier.read(true).await.unwrap();
    assert_eq!(fixture.verifier.verify(&token).await, Err(AuthError::Ended));
}

#[tokio::test]
async fn without_postgres_a_known_token_is_unavailable_and_not_invalid() {
    let fixture = Fixture::create().await;
    let token = fixture.token().await;
    assert!(fixture.verifier.verify(&token).await.is_ok());
    fixture.database.pool.close().await;
    let refused = fixture.verifier.verify(&token).await.unwrap_err();
    assert!(matches!(refused, AuthError::Unavailable(_)), "{refused:?}");
    assert_eq!((refused.status(), refused.code()), (503, "unavailable"));
}

#[tokio::test]
async fn a_revoked_key_verifies_nothing_and_a_retired_one_only_what_is_older() {
    let fixture = Fixture::create().await;
    let token = fixture.token().await;
    fixture
        .run("update signing_keys set state = 'retired', retired_at = now()")
        .await;
    assert!(fixture.verifier.verify(&token).await.is_ok());
    let pair = fixture.pair().await;
    fixture.clock.advance(Duration::seconds(30));
    let header = Header {
        kid: Some(pair.kid.clone()),
        ..Header::new(Algorithm::EdDSA)
    };
    let later = forge(&header, &fixture.claims(), &pair.encoding_key());
    assert_eq!(
        fixture.verifier.verify(&later).await,
        Err(AuthError::Invalid)
    );

    fixture
        .run("update signing_keys set state = 'revoked'")
        .await;
    let fresh = Verifier::new(
        fixture.database.pool.clone(),
        fixture.clock.clone(),
        VerifierSettings::default(),
    );
    assert_eq!(fresh.verify(&token).await, Err(AuthError::Invalid));
}

#[tokio::test]
async fn servers_that_start_together_make_one_key() {
    let database = TestDatabase::create().await;
    let secret = SecretKey::from_bytes([1; 32]);
    let signers = [(); 16].map(|()| Signer::new(database.pool.clone(), &secret, LIFETIME));
    let made = join_all(signers.iter().map(Signer::create_first_key)).await;
    let made = made
        .into_iter()
        .filter(|made| *made.as_ref().unwrap())
        .count();
    assert_eq!(made, 1);
    let other = Signer::new(
        database.pool.clone(),
        &SecretKey::from_bytes([2; 32]),
        LIFETIME,
    );
    let refused = other
        .sign(UserId(1), SessionId::generate(), OffsetDateTime::now_utc())
        .await;
    assert!(matches!(
        refused,
        Err(SignError::Seal(SealError::DoesNotOpen))
    ));
}

#[tokio::test]
async fn the_header_must_be_a_bearer_token() {
    let fixture = Fixture::create().await;
    let headers = |value: &str| {
        http::HeaderMap::from_iter([(http::header::AUTHORIZATION, value.parse().unwrap())])
    };
    let token = fixture.token().await;
    let verifier = &fixture.verifier;
    assert!(
        verifier
            .verify_headers(&headers(&format!("bearer {token}")))
            .await
            .is_ok()
    );
    assert_eq!(
        verifier.verify_headers(&http::HeaderMap::new()).await,
        Err(AuthError::Missing)
    );
    for value in [token.as_str(), "Basic abc", "Bearer"] {
        let refused = verifier.verify_headers(&headers(value)).await;
        assert_eq!(refused, Err(AuthError::Invalid), "{value}");
    }
    let mut two = headers(&format!("Bearer {token}"));
    two.append(http::header::AUTHORIZATION, "Bearer x".parse().unwrap());
    assert_eq!(verifier.verify_headers(&two).await, Err(AuthError::Invalid));
}
