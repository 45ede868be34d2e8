//! The whole server in a test: its own database, a store in a temporary folder, a listener on a
//! free port, and HTTP clients.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shared::auth::SecretKey;
use shared::clock::Clock;
use shared::config::{self, HttpArgs, OriginArgs};
use shared::http::{Checks, HttpMetrics, Listener};
use shared::ids::{SessionId, UserId};
use shared::telemetry::{Build, Metrics};
use shared::testing::{SeededDatabase, TestStage, insert_user, test_redis};
use shared::wake::WakeUp;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use crate::app::{App, UploadTerms};
use crate::config::LimitArgs;
use crate::openapi::conformance::{self, Sent};
use crate::pictures::test_pictures;
use crate::server::{self, Parts};
use crate::start::{AppParts, assemble};
use crate::web::WebClient;

pub const PASSWORD: &str = "correct horse";

/// A running server; it stops when dropped.
pub struct TestApp {
    pub app: Arc<App>,
    pub url: String,
    pub metrics: Metrics,
    _stop: tokio_util::sync::DropGuard,
    /// Its database and store, which are checked for leftovers last.
    stage: TestStage,
}

impl Deref for TestApp {
    type Target = TestStage;

    fn deref(&self) -> &TestStage {
        &self.stage
    }
}

/// A user who sends requests.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    pub token: Option<String>,
    pub user_id: UserId,
    pub session_id: SessionId,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with a change of the application before it serves.
    pub async fn start_with(change: impl FnOnce(&mut App)) -> Self {
        Self::start_on(TestStage::create().await, &[], change).await
    }

    /// The same behind proxies in these networks.
    pub async fn start_behind(proxies: &[&str], change: impl FnOnce(&mut App)) -> Self {
        Self::start_on(TestStage::create().await, proxies, change).await
    }

    /// On a million posts, shared with other tests: tests may add rows but change none.
    pub async fn seeded() -> Self {
        Self::start_on_seeded(SeededDatabase::share().await).await
    }

    /// On a million posts, which the test may change.
    pub async fn seeded_alone() -> Self {
        Self::start_on_seeded(SeededDatabase::create().await).await
    }

    async fn start_on_seeded(database: SeededDatabase) -> Self {
        let stage = TestStage::on(database.into());
        // Other tests have their jobs in it.
        stage.leave_jobs();
        Self::start_on(stage, &[], |_| {}).await
    }

    async fn start_on(stage: TestStage, proxies: &[&str], change: impl FnOnce(&mut App)) -> Self {
        let uploads = UploadTerms {
            url: "http://127.0.0.1:1080/files/".to_owned(),
            max_bytes: 8 << 30,
            accept: vec!["video/*".to_owned()],
        };
        let mut app = assemble(AppParts {
            pool: stage.database.pool.clone(),
            clock: Clock::system(),
            secret: SecretKey::from_bytes([7; 32]),
            store: stage.store.clone(),
            events: WakeUp::silent(),
            redis: test_redis(),
            access_token_lifetime: time::Duration::minutes(15),
            uploads,
            purge_after: Duration::from_hours(24),
            limits: unlimited(),
            pictures: test_pictures(),
        });
        app.progress = app.progress.with_long_timeout();
        change(&mut app);
        let app = Arc::new(app);
        conformance::learn(&crate::routes::all());
        app.signer.create_first_key().await.unwrap();
        let metrics = Metrics::new(Build::of("test"));
        let (url, stop) = listen(&app, &stage, proxies, &metrics).await;
        Self {
            app,
            url,
            metrics,
            _stop: stop.drop_guard(),
            stage,
        }
    }

    /// An anonymous client.
    pub fn anon(&self) -> Client {
        Client {
            http: reqwest::Client::new(),
            url: self.url.clone(),
            token: None,
            user_id: UserId(0),
            session_id: SessionId::generate(),
        }
    }

    /// An anonymous client in another network: all of 127.0.0.0/8 leads here.
    pub fn anon_at(&self, address: [u8; 4]) -> Client {
        let http = reqwest::Client::builder().local_address(std::net::IpAddr::from(address));
        Client {
            http: http.build().unwrap(),
            ..self.anon()
        }
    }

    /// A client with `token`.
    pub fn holder(&self, token: &Value) -> Client {
        Client {
            token: token.as_str().map(str::to_owned),
            ..self.anon()
        }
    }

    /// A new, signed-in user. Their password is not hashed, because that takes a while in a test.
    pub async fn person(&self, username: &str) -> Client {
        let user_id = insert_user(&self.database.pool, username).await;
        self.signed_in(user_id).await
    }

    /// The user with this name, signed in.
    pub async fn user(&self, username: &str) -> Client {
        let id = sqlx::query_scalar("select id from users where username = $1").bind(username);
        self.signed_in(id.fetch_one(&self.database.pool).await.unwrap())
            .await
    }

    async fn signed_in(&self, user_id: UserId) -> Client {
        let session_id = SessionId::generate();
        sqlx::query(
            "insert into sessions (id, user_id, seed, expires_at)
            values ($1, $2, sha256('seed'), now() + interval '30 days')",
        )
        .bind(session_id)
        .bind(user_id)
        .execute(&self.database.pool)
        .await
        .unwrap();
        let signed = self
            .app
            .signer
            .sign(user_id, session_id, self.app.clock.now())
            .await;
        Client {
            token: Some(signed.unwrap().token),
            user_id,
            session_id,
            ..self.anon()
        }
    }

    /// Creates a web client where the server looks for one.
    pub fn build_web_client(&self) {
        let dist = self.folder.path().join("dist");
        std::fs::create_dir_all(dist.join("assets")).unwrap();
        let index = "<!doctype html><!-- preview --><title>Pawl</title><!-- /preview -->";
        std::fs::write(dist.join("index.html"), index).unwrap();
    }

    /// Empties the cache of file access, as after five seconds.
    pub fn forget_access(&self) {
        self.app.access_cache.forget();
    }

    /// Runs a statement that prepares data.
    pub async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(&self.database.pool)
            .await
            .unwrap();
    }

    /// Runs a query that returns one text.
    pub async fn ask(&self, sql: &'static str) -> String {
        let text = sqlx::query_scalar(sql).fetch_one(&self.database.pool).await;
        text.unwrap()
    }
}

/// All tests come from the same address, so only tests about limits have them on.
pub fn unlimited() -> LimitArgs {
    LimitArgs {
        limits: false,
        ..config::defaults::<LimitArgs>().unwrap()
    }
}

async fn listen(
    app: &Arc<App>,
    stage: &TestStage,
    proxies: &[&str],
    metrics: &Metrics,
) -> (String, CancellationToken) {
    let mut origins = config::defaults::<OriginArgs>().unwrap();
    origins.dev = true;
    origins.trusted_proxies = proxies.iter().map(|text| text.parse().unwrap()).collect();
    origins.allowed_origins = vec!["https://web.example".parse().unwrap()];
    let http = config::defaults::<HttpArgs>().unwrap();
    let listener = Listener::bind("127.0.0.1:0", http.clone()).await.unwrap();
    let listener = listener.trust(&origins.trusted_proxies);
    let url = format!("http://{}", listener.local_addr().unwrap());
    let parts = Parts {
        web: WebClient::new(&stage.folder.path().join("dist"), &app.uploads.url),
        checks: Checks::new(),
        origins,
        http,
        request_timeout: Duration::from_secs(15),
        metrics: HttpMetrics::new(metrics),
    };
    let stop = CancellationToken::new();
    let service = server::service(Arc::clone(app), parts);
    tokio::spawn(listener.serve(service, stop.clone(), Duration::from_secs(1)));
    (url, stop)
}

impl Client {
    /// A request to any path, with the client's token if there is one.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET below the API's base.
    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, &format!("/api/v1{path}"))).await
    }

    /// DELETE below the API's base.
    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, &format!("/api/v1{path}"))).await
    }

    /// PUT without a body below the API's base.
    pub async fn put(&self, path: &str) -> Answer {
        send(self.request(Method::PUT, &format!("/api/v1{path}"))).await
    }

    /// PATCH of JSON below the API's base.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::PATCH, &format!("/api/v1{path}"));
        send(request.json(body)).await
    }

    /// POST of JSON below the API's base.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(
            self.request(Method::POST, &format!("/api/v1{path}"))
                .json(body),
        )
        .await
    }

    /// PUT of JSON below the API's base.
    pub async fn put_json(&self, path: &str, body: &Value) -> Answer {
        send(
            self.request(Method::PUT, &format!("/api/v1{path}"))
                .json(body),
        )
        .await
    }

    /// GET of a URL from an answer.
    pub async fn fetch(&self, address: &str) -> Answer {
        let bare = Self {
            token: None,
            ..self.clone()
        };
        send(bare.request(Method::GET, address)).await
    }

    /// Creates a post; returns its id.
    pub async fn write_post(&self, body: Value) -> String {
        let answer = self.post("/posts", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The status and the problem's code; also checks the form of the problem.
    pub fn refusal(&self) -> (u16, String) {
        assert_eq!(
            self.headers["content-type"], "application/problem+json",
            "{self:?}"
        );
        let json = self.json();
        assert_eq!(json["status"], self.status);
        assert_eq!(
            json["request_id"],
            self.headers["x-request-id"].to_str().unwrap()
        );
        (self.status, json["code"].as_str().unwrap().to_owned())
    }

    /// The pointers and codes of the refused fields.
    pub fn faults(&self) -> Vec<(String, String)> {
        assert_eq!(
            self.refusal(),
            (422, "invalid_fields".to_owned()),
            "{self:?}"
        );
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = self.json()["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| (text(&error["pointer"]), text(&error["code"])))
            .collect()
    }
}

/// Sends the request, and checks the answer against the API's description.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let body = request.body().and_then(reqwest::Body::as_bytes);
    let body = body.map(<[u8]>::to_vec);
    let response = client.execute(request).await.unwrap();
    let answer = Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    };
    let sent = Sent {
        method: method.as_str(),
        path: &path,
        body: body.as_deref(),
    };
    conformance::check(&sent, &answer);
    answer
}

/// Blocks of tables and indexes that all connections have read so far.
pub async fn blocks(connection: &mut PgConnection) -> i64 {
    sqlx::query("select pg_stat_force_next_flush()")
        .execute(&mut *connection)
        .await
        .unwrap();
    sqlx::query_scalar(
        "select sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0)
            + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::bigint
        from pg_statio_user_tables",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// The body of a sign-up.
pub fn sign_up(username: &str) -> Value {
    json!({
        "username": username,
        "email": format!("{username}@example.org"),
        "password": PASSWORD,
        "first_name": "Ada",
        "last_name": "Lovelace",
    })
}
