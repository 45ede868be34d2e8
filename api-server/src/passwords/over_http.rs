//! Password hashing over HTTP: one hash per sign-in, and 503 when the queue is full.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::testing::{Answer, PASSWORD, TestApp, sign_up};

async fn sign_in(test: &TestApp, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    test.anon().post("/sessions", &body).await
}

/// The number of passwords checked against a hash since the last call.
fn checks(test: &TestApp) -> usize {
    test.app.passwords.checks.swap(0, Ordering::SeqCst)
}

#[tokio::test]
async fn every_sign_in_costs_exactly_one_hash() {
    let test = TestApp::start().await;
    for name in ["ada", "banned", "gone"] {
        let answer = test.anon().post("/users", &sign_up(name)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    test.run(
        "update users set state = 'suspended' where username = 'banned';
        update users set state = 'deleted' where username = 'gone'",
    )
    .await;
    checks(&test);
    let wrong = (401, "invalid_credentials".to_owned());
    for (login, password, refused) in [
        ("ada", "battery staple", Some(&wrong)),
        ("ada@example.org", "battery staple", Some(&wrong)),
        ("nobody", "battery staple", Some(&wrong)),
        ("nobody@example.org", "battery staple", Some(&wrong)),
        ("banned", "battery staple", Some(&wrong)),
        ("gone", "battery staple", Some(&wrong)),
        ("gone", PASSWORD, Some(&wrong)),
        ("banned", PASSWORD, Some(&(403, "suspended".to_owned()))),
        ("ada", PASSWORD, None),
    ] {
        let answer = sign_in(&test, login, password).await;
        assert_eq!(checks(&test), 1, "{login}, {password}");
        let seen = (answer.status != 201).then(|| answer.refusal());
        assert_eq!(seen.as_ref(), refused, "{login}, {password}");
    }
}

#[tokio::test]
async fn a_full_queue_is_503_with_retry_after() {
    let test = TestApp::start().await;
    let answer = test.anon().post("/users", &sign_up("ada")).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let taken = test.app.passwords.queue.fill();
    for answer in [
        sign_in(&test, "ada", PASSWORD).await,
        sign_in(&test, "nobody", PASSWORD).await,
        test.anon().post("/users", &sign_up("bob")).await,
    ] {
        assert_eq!(answer.refusal(), (503, "busy".to_owned()));
        let seconds = answer.headers["retry-after"].to_str().unwrap();
        assert!(seconds.parse::<u32>().unwrap() > 0);
    }
    drop(taken);
    assert_eq!(sign_in(&test, "ada", PASSWORD).await.status, 201);
    assert_eq!(
        test.anon().post("/users", &sign_up("bob")).await.status,
        201
    );
}
