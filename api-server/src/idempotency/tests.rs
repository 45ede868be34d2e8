//! Repeated creates.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::actions::prune_keys;
use crate::testing::{Answer, Client, PASSWORD, TestApp, send, sign_up};

async fn post(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, &format!("/api/v1{path}"));
    send(request.header("idempotency-key", key).json(body)).await
}

fn is_replayed(answer: &Answer) -> bool {
    answer
        .headers
        .get("idempotent-replayed")
        .is_some_and(|value| value == "true")
}

async fn count(test: &TestApp, sql: &'static str) -> i64 {
    let count = sqlx::query_scalar(sql).fetch_one(&test.database.pool);
    count.await.unwrap_or(-1)
}

const POSTS: &str = "select count(*) from posts";

#[tokio::test]
async fn the_same_request_again_makes_nothing_and_answers_what_there_is_now() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let body = json!({"text": "once"});
    let first = post(&ada, "/posts", "k", &body).await;
    assert_eq!((first.status, is_replayed(&first)), (201, false));
    test.run("update posts set likes_count = 7").await;
    let again = post(&ada, "/posts", "k", &body).await;
    assert_eq!((again.status, is_replayed(&again)), (201, true));
    assert_eq!(again.headers["location"], first.headers["location"]);
    assert_eq!(again.json()["id"], first.json()["id"]);
    assert_eq!(again.json()["likes_count"], 7);
    assert_eq!(count(&test, POSTS).await, 1);
    let told = "select count(*) from events where event = 'post.created'";
    assert_eq!(count(&test, told).await, 1);
}

#[tokio::test]
async fn what_is_gone_since_is_410() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let body = json!({"text": "once"});
    assert_eq!(post(&ada, "/posts", "k", &body).await.status, 201);
    test.run("update posts set deleted_at = now()").await;
    let again = post(&ada, "/posts", "k", &body).await;
    assert_eq!(again.refusal(), (410, "gone".to_owned()));
    assert_eq!(count(&test, POSTS).await, 1);
}

#[tokio::test]
async fn a_key_stands_for_one_body_of_one_user_on_one_route() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let body = json!({"text": "once"});
    assert_eq!(post(&ada, "/posts", "k", &body).await.status, 201);
    let other = post(&ada, "/posts", "k", &json!({"text": "twice"})).await;
    assert_eq!(other.refusal(), (422, "idempotency_key_reused".to_owned()));
    for (client, key) in [(&bob, "k"), (&ada, "K")] {
        let answer = post(client, "/posts", key, &body).await;
        assert_eq!((answer.status, is_replayed(&answer)), (201, false), "{key}");
    }
    assert_eq!(count(&test, POSTS).await, 3);
    for post_id in 1..=2 {
        let path = format!("/posts/{post_id}/comments");
        for expected in [false, true] {
            let answer = post(&ada, &path, "k", &body).await;
            assert_eq!(
                (answer.status, is_replayed(&answer)),
                (201, expected),
                "{path}"
            );
        }
    }
    let escaped = post(&ada, "/posts/%32/comments", "k", &body).await;
    assert!(is_replayed(&escaped), "{escaped:?}");
    assert_eq!(count(&test, "select count(*) from comments").await, 2);
}

#[tokio::test]
async fn what_was_refused_may_be_asked_again_under_its_key() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let unknown = json!({"media": [{"upload_id": "0199a0a0-0000-7000-8000-000000000000"}]});
    for _ in 0..2 {
        assert_eq!(post(&ada, "/posts", "k", &unknown).await.status, 422);
    }
    let answer = post(&ada, "/posts", "k", &json!({"text": "good"})).await;
    assert_eq!((answer.status, is_replayed(&answer)), (201, false));
    let spoiled = post(&ada, "/posts", "a b", &json!({"text": "x"})).await;
    assert_eq!(
        spoiled.refusal(),
        (400, "invalid_idempotency_key".to_owned())
    );
}

#[tokio::test]
async fn of_64_at_once_one_makes_it_and_the_others_see_it_or_come_again() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let body = json!({"text": "once"});
    let answers = join_all((0..64).map(|_| post(&ada, "/posts", "k", &body))).await;
    let mut ids = BTreeSet::new();
    for answer in &answers {
        match answer.status {
            201 => drop(ids.insert(answer.json()["id"].to_string())),
            _ => assert_eq!(answer.refusal(), (409, "idempotency_key_in_use".to_owned())),
        }
    }
    let made = answers
        .iter()
        .filter(|one| one.status == 201 && !is_replayed(one));
    assert_eq!((made.count(), ids.len()), (1, 1));
    assert_eq!(count(&test, POSTS).await, 1);
}

#[tokio::test]
async fn while_one_runs_another_with_its_key_is_409() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    // The first request waits for this table lock.
    let mut holder = test.database.pool.begin().await.unwrap();
    sqlx::raw_sql("lock table posts in exclusive mode")
        .execute(&mut *holder)
        .await
        .unwrap();
    let body = json!({"text": "once"});
    let first = tokio::spawn({
        let (ada, body) = (ada.clone(), body.clone());
        async move { post(&ada, "/posts", "k", &body).await.status }
    });
    let held = "select count(*) from pg_locks where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())";
    until(async || count(&test, held).await > 0).await;
    let second = post(&ada, "/posts", "k", &body).await;
    assert_eq!(second.refusal(), (409, "idempotency_key_in_use".to_owned()));
    assert_eq!(second.headers["retry-after"], "1");
    drop(holder);
    assert_eq!(first.await.unwrap(), 201);
    assert!(is_replayed(&post(&ada, "/posts", "k", &body).await));
}

#[tokio::test]
async fn whoever_is_cut_off_before_the_answer_finds_it_under_the_key() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let (body, token) = (json!({"text": "once"}), ada.token.clone().unwrap());
    let host = test.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).await.unwrap();
    let sent = body.to_string();
    let request = format!(
        "POST /api/v1/posts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: k\r\nContent-Length: {}\r\n\r\n{sent}",
        sent.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    until(async || count(&test, POSTS).await > 0).await;
    // The client closes the connection without reading the answer.
    drop(stream);
    let again = post(&ada, "/posts", "k", &body).await;
    assert_eq!((again.status, is_replayed(&again)), (201, true));
    assert_eq!(count(&test, POSTS).await, 1);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let body = json!({"text": "once"});
    for key in ["old", "new"] {
        assert_eq!(post(&ada, "/posts", key, &body).await.status, 201);
    }
    test.run(
        "update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'",
    )
    .await;
    assert_eq!(prune_keys(&test.app.pool).await.unwrap(), 1);
    assert_eq!(prune_keys(&test.app.pool).await.unwrap(), 0);
    assert!(!is_replayed(&post(&ada, "/posts", "old", &body).await));
    assert!(is_replayed(&post(&ada, "/posts", "new", &body).await));
}

async fn until(is_so: impl AsyncFn() -> bool) {
    let soon = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), soon).await;
    assert!(waited.is_ok(), "it did not come about");
}

#[tokio::test]
async fn signing_up_and_signing_in_know_no_keys() {
    let test = TestApp::start().await;
    let (anon, ada) = (test.anon(), sign_up("ada"));
    let first = post(&anon, "/users", "k", &ada).await;
    assert_eq!(first.status, 201, "{first:?}");
    let again = post(&anon, "/users", "k", &ada).await;
    assert_eq!(again.refusal(), (409, "username_taken".to_owned()));
    let login = json!({"login": "ada", "password": PASSWORD});
    let mut sessions = BTreeSet::new();
    for _ in 0..2 {
        let answer = post(&anon, "/sessions", "k", &login).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(!answer.headers.contains_key("idempotent-replayed"));
        sessions.insert(answer.json()["session_id"].to_string());
    }
    assert_eq!(sessions.len(), 2);
    for answer in [first, again] {
        assert!(!answer.headers.contains_key("idempotent-replayed"));
    }
    assert_eq!(
        count(&test, "select count(*) from idempotency_keys").await,
        0
    );
    assert_eq!(count(&test, "select count(*) from sessions").await, 2);
}
