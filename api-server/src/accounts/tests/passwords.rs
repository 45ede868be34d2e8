//! Passwords of new accounts, and password changes.

#![expect(clippy::indexing_slicing, reason = "a test's own steps must work")]

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::{Answer, Client, PASSWORD, TestApp, sign_up};

const NEW_PASSWORD: &str = "battery staple 7";

async fn sign_in(test: &TestApp, password: &str) -> Answer {
    let body = json!({"login": "ada", "password": password});
    test.anon().post("/sessions", &body).await
}

/// A server with an account, and two clients with a session each.
async fn two_sessions() -> (TestApp, Client, Client) {
    let test = TestApp::start().await;
    for username in ["ada", "bob"] {
        assert_eq!(
            test.anon().post("/users", &sign_up(username)).await.status,
            201
        );
    }
    let mut clients = Vec::new();
    for _ in 0..2 {
        let tokens = sign_in(&test, PASSWORD).await.json();
        clients.push(test.holder(&tokens["access_token"]));
    }
    let [here, there] = clients.try_into().unwrap_or_else(|_| unreachable!());
    (test, here, there)
}

fn change(current: &str, new: &str) -> Value {
    json!({"current_password": current, "new_password": new})
}

#[tokio::test]
async fn each_rule_that_a_new_accounts_password_breaks_is_told() {
    let test = TestApp::start().await;
    for (password, code) in [
        ("kx9#q!z", "password_too_short"),
        ("84620573915", "password_numeric"),
        ("sunshine", "password_common"),
        ("aaaaaaaab", "password_too_weak"),
        ("ada.lovelace!", "password_too_similar"),
        ("LOVELACE-1", "password_too_similar"),
        (&"kx9#".repeat(65), "password_too_long"),
    ] {
        let mut body = sign_up("ada.lovelace");
        body["password"] = json!(password);
        let faults = test.anon().post("/users", &body).await.faults();
        let expected = ("/password".to_owned(), code.to_owned());
        assert!(faults.contains(&expected), "{password}: {faults:?}");
    }
    let mut body = sign_up("ada");
    body["password"] = json!("lovelace wrote the first program");
    assert_eq!(test.anon().post("/users", &body).await.status, 201);
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions_and_the_old_one_is_wrong() {
    let (test, here, there) = two_sessions().await;
    let bob = test.person("eve").await;
    let answer = here
        .put_json("/me/password", &change(PASSWORD, NEW_PASSWORD))
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(
        there.get("/me").await.refusal(),
        (401, "session_ended".to_owned())
    );
    for client in [&here, &bob] {
        assert_eq!(client.get("/me").await.status, 200);
    }
    assert_eq!(sign_in(&test, PASSWORD).await.status, 401);
    assert_eq!(sign_in(&test, NEW_PASSWORD).await.status, 201);
    let told: Vec<(String, String)> = sqlx::query_as(
        "select action, username from audit_log join users on users.id = user_id
        where actor_id = user_id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(told, [("password.changed".to_owned(), "ada".to_owned())]);
}

#[tokio::test]
async fn a_password_that_is_not_to_be_changed_is_left_alone_with_its_sessions() {
    let (test, here, there) = two_sessions().await;
    let wrong = here
        .put_json("/me/password", &change("wrong horse", NEW_PASSWORD))
        .await;
    assert_eq!(wrong.refusal(), (403, "wrong_password".to_owned()));
    let weak = here
        .put_json("/me/password", &change(PASSWORD, "12345678"))
        .await;
    assert_eq!(weak.faults()[0].0, "/new_password");
    let unread = here
        .put_json("/me/password", &json!({"new_password": NEW_PASSWORD}))
        .await;
    assert_eq!(
        unread.faults(),
        [("/current_password".to_owned(), "required".to_owned())]
    );
    let answer = test
        .anon()
        .put_json("/me/password", &change(PASSWORD, NEW_PASSWORD))
        .await;
    assert_eq!(answer.status, 401);
    assert_eq!(there.get("/me").await.status, 200);
    assert_eq!(sign_in(&test, PASSWORD).await.status, 201);
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    let test = TestApp::start_with(|app| app.limits.limits = true).await;
    assert_eq!(
        test.anon().post("/users", &sign_up("ada")).await.status,
        201
    );
    let tokens = sign_in(&test, PASSWORD).await.json();
    let ada = test.holder(&tokens["access_token"]);
    for _ in 0..5 {
        let answer = ada
            .put_json("/me/password", &change("wrong horse", NEW_PASSWORD))
            .await;
        assert_eq!(answer.status, 403);
    }
    let answer = ada
        .put_json("/me/password", &change(PASSWORD, NEW_PASSWORD))
        .await;
    assert_eq!(answer.refusal(), (429, "too_many_attempts".to_owned()));
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(
        sign_in(&test, PASSWORD).await.status,
        429,
        "the same account"
    );
}

#[tokio::test]
async fn no_session_of_the_old_password_outlives_its_change() {
    let (test, here, _) = two_sessions().await;
    let sign_ins = join_all((0..12).map(|_| sign_in(&test, PASSWORD)));
    let body = change(PASSWORD, NEW_PASSWORD);
    let (answers, changed) = tokio::join!(sign_ins, here.put_json("/me/password", &body));
    assert_eq!(changed.status, 204);
    for answer in answers {
        if answer.status == 201 {
            let client = test.holder(&answer.json()["access_token"]);
            assert_eq!(client.get("/me").await.refusal().1, "session_ended");
        } else {
            assert_eq!(answer.refusal(), (401, "invalid_credentials".to_owned()));
        }
    }
    let live: i64 = sqlx::query_scalar("select count(*) from sessions where ended_at is null")
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(live, 1, "the one that changed it");
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_made() {
    let (test, here, _) = two_sessions().await;
    let bodies = [
        change(PASSWORD, NEW_PASSWORD),
        change(PASSWORD, "another staple 8"),
    ];
    let (a, b) = tokio::join!(
        here.put_json("/me/password", &bodies[0]),
        here.put_json("/me/password", &bodies[1])
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 403]);
    let new = if a.status == 204 {
        NEW_PASSWORD
    } else {
        "another staple 8"
    };
    assert_eq!(sign_in(&test, new).await.status, 201);
}
