//! Both servers soon refuse users who were signed out or suspended, and tokens of a revoked key,
//! including files under a grant; and requests in progress end as they should.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use system_tests::harness::{Client, DEADLINE, PASSWORD, Stack, Upload, VIDEO, eventually};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};
use uuid::Uuid;

/// A request that starts this long after the end of a session is refused, however busy the machine
/// is: the servers do not use their caches for longer.
const PROMISED: Duration = Duration::from_secs(5);

const BYTES: usize = 100_000;

#[tokio::test]
async fn whoever_is_signed_out_or_suspended_is_refused_by_both_servers_within_five_seconds() {
    let stack = Stack::start().await;
    tokio::join!(
        one_session_ends(&stack),
        all_sessions_end(&stack),
        the_password_changes(&stack),
        somebody_is_suspended(&stack),
    );
}

async fn one_session_ends(stack: &Stack) {
    let (gone, append) = Visit::begin(stack).await;
    let kept = gone.client.sign_in().await;
    let sessions = gone.client.get("/api/v1/sessions").await;
    let mut sessions = sessions["items"].as_array().unwrap().iter();
    let own = sessions.find(|session| session["current"] == true).unwrap();
    let path = format!("/api/v1/sessions/{}", own["id"].as_str().unwrap());
    done(kept.api(Method::DELETE, &path)).await;
    gone.assert_refused("session_ended").await;
    assert_eq!(gone.statuses_of(&kept).await, (200, 200));
    // Its owner is authenticated as at its start.
    assert_eq!(append.finish().await.status(), StatusCode::NO_CONTENT);
    assert_eq!(gone.became(stack).await[..2], ["complete", ""]);
}

async fn all_sessions_end(stack: &Stack) {
    let (gone, _append) = Visit::begin(stack).await;
    let other = gone.client.sign_in().await;
    done(other.api(Method::DELETE, "/api/v1/sessions")).await;
    gone.assert_refused("session_ended").await;
    // By now both servers have read that the other session ended too.
    assert_eq!(gone.statuses_of(&other).await, (401, 401));
}

async fn the_password_changes(stack: &Stack) {
    let (gone, _append) = Visit::begin(stack).await;
    let kept = gone.client.sign_in().await;
    let change = json!({"current_password": PASSWORD, "new_password": "another horse entirely"});
    done(kept.api(Method::PUT, "/api/v1/me/password").json(&change)).await;
    gone.assert_refused("session_ended").await;
    assert_eq!(gone.statuses_of(&kept).await, (200, 200));
}

async fn somebody_is_suspended(stack: &Stack) {
    let (gone, append) = Visit::begin(stack).await;
    let username = &gone.client.username;
    stack.operate(&format!("admin suspend {username}")).await;
    gone.assert_refused("suspended").await;
    let answer = append.finish().await;
    assert!(!answer.status().is_success(), "{answer:?}");
    let expected = ["rejected", "owner_inactive", "failed", "upload_rejected"];
    assert_eq!(gone.became(stack).await, expected);
    stack.operate(&format!("admin unsuspend {username}")).await;
    eventually("the user to get access again", DEADLINE, async || {
        let (status, _) = gone.statuses_of(&gone.client).await;
        (status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_new_key_takes_over_during_an_upload_and_a_revoked_one_ends_its_tokens() {
    let stack = Stack::start().await;
    let (visit, append) = Visit::begin(&stack).await;
    let old = kid(&visit.client);
    let told = stack.operate("keys rotate --key-lead 1s").await;
    let new = told.split(' ').next().unwrap().to_owned();
    assert_eq!(published(&visit.client).await, [new.clone(), old.clone()]);
    let renewed = signed_with(&visit, |kid| kid == new).await;
    assert_eq!(visit.statuses_of(&renewed).await, (200, 200));
    assert_eq!(visit.statuses_of(&visit.client).await, (200, 200));
    assert_eq!(append.finish().await.status(), StatusCode::NO_CONTENT);

    stack.operate(&format!("keys revoke {old}")).await;
    assert_eq!(published(&renewed).await, std::slice::from_ref(&new));
    eventually("the old key to be forgotten", DEADLINE, async || {
        (visit.statuses_of(&visit.client).await == (401, 401)).then_some(())
    })
    .await;
    assert_eq!(visit.statuses_of(&renewed).await, (200, 200));

    // The only key: another one is created at once, and both servers use it.
    stack.operate(&format!("keys revoke {new}")).await;
    let third = signed_with(&visit, |kid| kid != new).await;
    assert_eq!(visit.statuses_of(&third).await, (200, 200));
    assert_eq!(published(&third).await, [kid(&third)]);
}

/// A new user with one finished upload and two others, one of them in progress.
struct Visit {
    client: Client,
    /// The full URL of the finished upload's file, under a grant of the session.
    file: String,
    under_way: Upload,
    /// A HEAD ends an append to the same upload, so the test asks for another one.
    idle: Upload,
}

/// An append of which half has arrived.
struct Append {
    go_on: oneshot::Sender<()>,
    sending: JoinHandle<reqwest::Result<Response>>,
}

impl Visit {
    async fn begin(stack: &Stack) -> (Self, Append) {
        let client = Client::sign_up(stack).await;
        let finished = client.upload(&Bytes::from_static(b"as good as any")).await;
        let media = client.media(&finished).await;
        let address = media["playback"]["source_url"].as_str().unwrap();
        let visit = Self {
            file: format!("{}{address}", stack.api_url()),
            under_way: client.create_upload(BYTES).await,
            idle: client.create_upload(BYTES).await,
            client,
        };
        let append = Append::begin(stack, &visit).await;
        assert_eq!(visit.statuses_of(&visit.client).await, (200, 200));
        // From now on, the server caches for a while that the session may read the file.
        assert_eq!(visit.file_status().await, StatusCode::OK);
        (visit, append)
    }

    /// The answers of both servers to a client about this user's resources.
    async fn statuses_of(&self, client: &Client) -> (u16, u16) {
        let api = client.api(Method::GET, "/api/v1/me").send().await;
        let upload = client.tus(Method::HEAD, &self.idle.path).send().await;
        (
            api.unwrap().status().as_u16(),
            upload.unwrap().status().as_u16(),
        )
    }

    /// The answer to a request for the URL of the file.
    async fn file_status(&self) -> StatusCode {
        reqwest::get(&self.file).await.unwrap().status()
    }

    async fn assert_refused(&self, code: &str) {
        let ended = Instant::now();
        eventually("both servers to refuse", DEADLINE, async || {
            let begun = ended.elapsed();
            let statuses = self.statuses_of(&self.client).await;
            let file = self.file_status().await;
            if (statuses, file) == ((401, 401), StatusCode::NOT_FOUND) {
                return Some(());
            }
            assert!(begun < PROMISED, "still answered after {begun:?}");
            None
        })
        .await;
        let creation = self.client.try_create(BYTES, VIDEO).await;
        let question = self.client.api(Method::GET, "/api/v1/me").send().await;
        for answer in [creation, question.unwrap()] {
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], code);
        }
    }

    /// State and reason of the upload that was in progress, and of its media item.
    async fn became(&self, stack: &Stack) -> [String; 4] {
        let id: Uuid = self.under_way.id.parse().unwrap();
        let (state, reason, media, error): (String, String, String, String) = sqlx::query_as(
            "select uploads.state, coalesce(state_reason, ''), media.state,
                coalesce(error_code, '')
            from uploads join media using (id) where id = $1",
        )
        .bind(id)
        .fetch_one(&stack.database.pool)
        .await
        .unwrap();
        [state, reason, media, error]
    }
}

impl Append {
    async fn begin(stack: &Stack, visit: &Visit) -> Self {
        let bytes = Bytes::from(vec![b'x'; BYTES]);
        let (half, rest) = (bytes.slice(..BYTES / 2), bytes.slice(BYTES / 2..));
        let (go_on, may_go_on) = oneshot::channel();
        let rest = async move { may_go_on.await.map(|()| rest).unwrap_or_default() };
        let body = stream::iter([half]).chain(stream::once(rest));
        let body = reqwest::Body::wrap_stream(body.map(Ok::<_, Infallible>));
        let patch = visit.client.patch(&visit.under_way, 0, body);
        let sending = tokio::spawn(patch.header("Content-Length", BYTES).send());
        let source = stack.store().join("sources").join(&visit.under_way.id);
        eventually("the half to arrive", DEADLINE, async || {
            let length = std::fs::metadata(&source).ok()?.len();
            (length == BYTES as u64 / 2).then_some(())
        })
        .await;
        Self { go_on, sending }
    }

    /// Sends the other half and returns the answer.
    async fn finish(self) -> Response {
        self.go_on.send(()).expect("it waits");
        let answer = timeout(DEADLINE, self.sending).await.expect("it ends");
        answer.unwrap().unwrap()
    }
}

/// Sends a request without a result.
async fn done(request: RequestBuilder) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{answer:?}");
}

/// Signs in until the token is signed with an acceptable key, which both servers must know.
async fn signed_with(visit: &Visit, fits: impl Fn(&str) -> bool) -> Client {
    eventually("another key to sign", DEADLINE, async || {
        let client = visit.client.sign_in().await;
        fits(&kid(&client)).then_some(client)
    })
    .await
}

/// The key that signed a client's token.
fn kid(client: &Client) -> String {
    let header = client.token().split('.').next().unwrap();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// The keys in the JWKS, the newest first.
async fn published(client: &Client) -> Vec<String> {
    let answer = client.api(Method::GET, "/.well-known/jwks.json");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "public, max-age=60");
    let keys: Value = answer.json().await.unwrap();
    let keys = keys["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}
