//! A database, a store, two users and a running server.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use shared::{
    auth::{SecretKey, Signer},
    config::{self, Source},
    ids::{SessionId, UploadId, UserId},
    telemetry::{Build, Metrics},
    testing::{TestDatabase, insert_user},
};
use time::OffsetDateTime;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{BYTES, DEADLINE, Reply, client::Sending, client::exchange};
use crate::{config::Config, server::Server};

/// The lifetime of an access token.
const LIFETIME: time::Duration = time::Duration::minutes(15);

/// Everything that a test needs; the server stops with it.
pub struct Stage {
    pub database: TestDatabase,
    pub store: tempfile::TempDir,
    pub owner: UserId,
    pub address: SocketAddr,
    pub ops: SocketAddr,
    pub shutdown: CancellationToken,
    running: Option<JoinHandle<()>>,
    settings: HashMap<String, String>,
    signer: Signer,
    session: SessionId,
    authorization: String,
    strangers: String,
}

impl Stage {
    /// A stage with the default settings.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A stage with these settings in addition to the defaults.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let database = TestDatabase::create().await;
        let secret = SecretKey::from_bytes([7; 32]);
        let signer = Signer::new(database.pool.clone(), &secret, LIFETIME);
        signer.create_first_key().await.unwrap();
        let owner = insert_user(&database.pool, "amy").await;
        let stranger = insert_user(&database.pool, "eve").await;
        let session = insert_session(&database, owner).await;
        let theirs = insert_session(&database, stranger).await;
        let now = OffsetDateTime::now_utc();
        let authorization = sign(&signer, owner, session, now).await;
        let strangers = sign(&signer, stranger, theirs, now).await;
        let store = tempfile::tempdir().unwrap();
        let mut all = HashMap::from([
            ("DATABASE_URL".to_owned(), database.url.clone()),
            ("PAWL_STORE".to_owned(), store.path().display().to_string()),
            ("PAWL_DEV".to_owned(), "on".to_owned()),
            ("PAWL_UPLOAD_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            (
                "PAWL_UPLOAD_OPS_LISTEN".to_owned(),
                "127.0.0.1:0".to_owned(),
            ),
            ("PAWL_DISK_RESERVE".to_owned(), "0".to_owned()),
            ("PAWL_DRAIN_GRACE".to_owned(), "5s".to_owned()),
        ]);
        all.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut stage = Self {
            database,
            store,
            owner,
            address: nowhere,
            ops: nowhere,
            shutdown: CancellationToken::new(),
            running: None,
            settings: all,
            signer,
            session,
            authorization,
            strangers,
        };
        stage.start().await;
        stage
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Starts a server on the same database and store.
    pub async fn start(&mut self) {
        let source = Source {
            args: vec!["upload-server".into(), "serve".into()],
            variables: self
                .settings
                .iter()
                .map(|(k, v)| (k.clone(), v.into()))
                .collect(),
            ..Source::default()
        };
        let config = config::load_from::<Config>(source).unwrap();
        let server = Server::bind(config, Metrics::new(Build::of("upload-server")))
            .await
            .unwrap();
        [self.address, self.ops] = server.addresses().unwrap();
        self.shutdown = CancellationToken::new();
        self.running = Some(tokio::spawn(server.run(self.shutdown.clone())));
    }

    /// Stops the server with a drain and waits for it.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        let running = self.running.take().unwrap();
        timeout(DEADLINE, running)
            .await
            .expect("the drain ends")
            .unwrap();
    }

    /// A tus 1.0 request of the owner.
    pub async fn ask(&self, target: (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let headers = [&self.credentials()[..], headers].concat();
        exchange(self.address, target, &headers, body).await
    }

    /// A tus 1.0 request of the other user.
    pub async fn ask_as_stranger(&self, target: (&str, &str), headers: &[(&str, &str)]) -> Reply {
        let theirs = [
            ("Tus-Resumable", "1.0.0"),
            ("Authorization", self.strangers.as_str()),
        ];
        exchange(self.address, target, &[&theirs[..], headers].concat(), b"").await
    }

    /// A PATCH of the owner; the test sends its body.
    pub async fn begin_patch(&self, path: &str, headers: &[(&str, &str)]) -> Sending {
        let headers = [&self.credentials()[..], &[BYTES], headers].concat();
        Sending::begin(self.address, ("PATCH", path), &headers).await
    }

    /// The headers of every request of the owner.
    pub fn credentials(&self) -> [(&str, &str); 2] {
        [
            ("Tus-Resumable", "1.0.0"),
            ("Authorization", self.authorization.as_str()),
        ]
    }

    /// The owner's `Authorization`, issued at another time and valid for 15 minutes.
    pub async fn authorization_of(&self, at: OffsetDateTime) -> String {
        sign(&self.signer, self.owner, self.session, at).await
    }

    /// Creates an upload of `length` bytes and returns its path.
    pub async fn create(&self, length: usize) -> String {
        let length = length.to_string();
        self.ask(("POST", "/files/"), &[("Upload-Length", &length)], b"")
            .await
            .location()
    }

    /// Appends `bytes` at `offset`.
    pub async fn append(&self, path: &str, offset: usize, bytes: &[u8]) -> Reply {
        let offset = offset.to_string();
        self.ask(("PATCH", path), &[BYTES, ("Upload-Offset", &offset)], bytes)
            .await
    }

    /// HEAD.
    pub async fn head(&self, path: &str) -> Reply {
        self.ask(("HEAD", path), &[], b"").await
    }

    /// The bytes of an upload in the store.
    pub fn stored(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.store.path().join("sources").join(id(path).to_string())).unwrap()
    }

    /// Waits until the store has `bytes` of an upload.
    pub async fn await_stored(&self, path: &str, bytes: usize) {
        let deadline = Instant::now() + DEADLINE;
        while self.stored(path).len() < bytes {
            assert!(
                Instant::now() < deadline,
                "{} of {bytes} bytes",
                self.stored(path).len()
            );
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Runs a statement that returns a number.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database.pool)
            .await
            .unwrap()
    }

    /// Runs a statement.
    pub async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(&self.database.pool)
            .await
            .unwrap();
    }

    /// Asserts that an upload was finished exactly once.
    pub async fn assert_finished_once(&self, path: &str, bytes: &[u8]) {
        assert_eq!(self.stored(path), bytes);
        let finished = "select count(*) from uploads
            join media using (id)
            join jobs on jobs.media_id = media.id
            where uploads.state = 'complete' and media.state = 'processing'";
        assert_eq!(self.count(finished).await, 1);
        let told = "select count(*) from events where event = 'media.processing'";
        assert_eq!(self.count(told).await, 1);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// The id at the end of an upload's path.
pub fn id(path: &str) -> UploadId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

async fn insert_session(database: &TestDatabase, user: UserId) -> SessionId {
    let session = SessionId::generate();
    sqlx::query(
        "insert into sessions (id, user_id, seed, expires_at)
        values ($1, $2, sha256('seed'), now() + interval '30 days')",
    )
    .bind(session)
    .bind(user)
    .execute(&database.pool)
    .await
    .unwrap();
    session
}

async fn sign(signer: &Signer, user: UserId, session: SessionId, at: OffsetDateTime) -> String {
    format!(
        "Bearer {}",
        signer.sign(user, session, at).await.unwrap().token
    )
}
