//! Tests of sign-in attempts over HTTP, with limits.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use futures_util::future::join_all;
use serde_json::json;
use shared::ids::UserId;

use super::attempts::{begin_attempt, confirm_attempt, prune_sign_in_attempts, withdraw_attempt};
use super::model::{Login, Target};
use crate::testing::{Answer, Client, PASSWORD, TestApp, sign_up};

const HOME: &str = "127.0.0.1";

/// A server with limits, and the accounts of ada and bob.
async fn limited() -> TestApp {
    let test = TestApp::start_with(|app| app.limits.limits = true).await;
    for username in ["ada", "bob"] {
        let answer = test.anon().post("/users", &sign_up(username)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    test
}

async fn sign_in(client: &Client, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    client.post("/sessions", &body).await
}

async fn user_id(test: &TestApp, username: &str) -> UserId {
    sqlx::query_scalar("select id from users where username = $1")
        .bind(username)
        .fetch_one(&test.database.pool)
        .await
        .unwrap()
}

/// Inserts `count` attempts that were made that many seconds ago.
async fn past(test: &TestApp, target: &Target, network: &str, what: (bool, i32, f64)) {
    let (has_succeeded, count, seconds_ago) = what;
    sqlx::query(
        "insert into sign_in_attempts (target_hash, network, has_succeeded, attempted_at)
        select $1, $2, $3, now() - make_interval(secs => $4) from generate_series(1, $5)",
    )
    .bind(target.hash())
    .bind(network)
    .bind(has_succeeded)
    .bind(seconds_ago)
    .bind(count)
    .execute(&test.database.pool)
    .await
    .unwrap();
}

/// Moves all attempts into the past, as if this time had passed.
async fn let_pass(test: &TestApp, seconds: f64) {
    sqlx::query(
        "update sign_in_attempts set attempted_at = attempted_at - make_interval(secs => $1)",
    )
    .bind(seconds)
    .execute(&test.database.pool)
    .await
    .unwrap();
}

async fn counted(test: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from sign_in_attempts")
        .fetch_one(&test.database.pool)
        .await
        .unwrap()
}

fn retry_after(answer: &Answer) -> u32 {
    assert_eq!(answer.refusal(), (429, "too_many_attempts".to_owned()));
    answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn after_five_failures_the_next_waits_and_the_right_password_too() {
    let test = limited().await;
    let anon = test.anon();
    for login in ["ada", "nobody", "nobody@example.org"] {
        for _ in 0..5 {
            let answer = sign_in(&anon, login, "wrong horse").await;
            assert_eq!(answer.refusal(), (401, "invalid_credentials".to_owned()));
        }
        for password in ["wrong horse", PASSWORD] {
            assert_eq!(
                retry_after(&sign_in(&anon, login, password).await),
                1,
                "{login}"
            );
        }
    }
    assert_eq!(
        sign_in(&anon, "bob", PASSWORD).await.status,
        201,
        "another account"
    );
    assert_eq!(counted(&test).await, 16, "what was refused is not counted");
}

#[tokio::test]
async fn an_unknown_login_is_refused_in_the_words_of_a_known_one() {
    let test = limited().await;
    let anon = test.anon();
    for (target, login) in [
        (
            Target::Account(user_id(&test, "ada").await, Login::Username),
            "ada",
        ),
        (Target::Unknown("nobody".to_owned()), "NoBody"),
    ] {
        past(&test, &target, HOME, (false, 12, 0.0)).await;
        let answer = sign_in(&anon, login, PASSWORD).await;
        assert_eq!(retry_after(&answer), 128, "{login}");
        let mut json = answer.json();
        json["request_id"].take();
        let expected = json!({
            "type": "/docs/errors#too_many_attempts",
            "title": "Too many attempts",
            "status": 429,
            "code": "too_many_attempts",
            "detail": "too many sign-ins to this account have failed",
            "request_id": null,
        });
        assert_eq!(json, expected);
    }
}

#[tokio::test]
async fn waits_double_while_guesses_fail_and_a_right_one_forgives_them() {
    let test = limited().await;
    let anon = test.anon();
    past(
        &test,
        &Target::Account(user_id(&test, "ada").await, Login::Username),
        HOME,
        (false, 5, 1.0),
    )
    .await;
    for seconds in [2, 4, 8] {
        assert_eq!(sign_in(&anon, "ada", "wrong horse").await.status, 401);
        assert_eq!(retry_after(&sign_in(&anon, "ada", PASSWORD).await), seconds);
        let_pass(&test, f64::from(seconds)).await;
    }
    assert_eq!(sign_in(&anon, "ada", PASSWORD).await.status, 201);
    for _ in 0..5 {
        assert_eq!(sign_in(&anon, "ada", "wrong horse").await.status, 401);
    }
    assert_eq!(retry_after(&sign_in(&anon, "ada", PASSWORD).await), 1);
    let_pass(&test, 15.0 * 60.0).await;
    assert_eq!(
        sign_in(&anon, "ada", "wrong horse").await.status,
        401,
        "the window is over"
    );
}

#[tokio::test]
async fn sixty_four_guesses_at_once_are_five_guesses() {
    let test = limited().await;
    let guesses = (0..64).map(|number| {
        let client = test.anon();
        async move {
            sign_in(&client, "ada", &format!("wrong horse {number}"))
                .await
                .status
        }
    });
    let statuses = join_all(guesses).await;
    let of = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((of(401), of(429)), (5, 59), "{statuses:?}");
}

#[tokio::test]
async fn right_passwords_at_once_are_not_each_others_failures() {
    let test = limited().await;
    let sign_ins = (0..32).map(|number| {
        let (client, login) = (test.anon(), ["ada", "bob@example.org"][number % 2]);
        async move { sign_in(&client, login, PASSWORD).await.status }
    });
    assert_eq!(join_all(sign_ins).await, [201; 32]);
}

#[tokio::test]
async fn whose_address_an_address_is_does_not_show_in_how_it_is_slowed() {
    let test = limited().await;
    let anon = test.anon();
    for login in ["ada", "ADA", "Ada", "aDa", "ada"] {
        assert_eq!(sign_in(&anon, login, "wrong horse").await.status, 401);
    }
    assert_eq!(retry_after(&sign_in(&anon, "ada", PASSWORD).await), 1);
    for login in ["ada@example.org", "nobody@example.org"] {
        let answer = sign_in(&anon, login, "wrong horse").await;
        assert_eq!(answer.status, 401, "{login}");
    }
    assert_eq!(
        sign_in(&anon, "Ada@Example.ORG", PASSWORD).await.status,
        201
    );
    let bobs_address = Target::Account(user_id(&test, "bob").await, Login::Email);
    past(&test, &bobs_address, HOME, (false, 12, 0.0)).await;
    assert_eq!(sign_in(&anon, "bob", PASSWORD).await.status, 201);
    let by_address = sign_in(&anon, "bob@example.org", PASSWORD).await;
    assert!(retry_after(&by_address) > 60, "nor is it forgiven by name");
}

#[tokio::test]
async fn an_account_under_attack_is_slowed_for_strangers_and_never_locked() {
    let test = limited().await;
    let ada = Target::Account(user_id(&test, "ada").await, Login::Username);
    let stranger = test.anon_at([127, 0, 0, 9]);
    let known = test.anon_at([127, 0, 0, 8]);
    past(&test, &ada, "203.0.113.9", (false, 49, 1.0)).await;
    past(&test, &ada, "127.0.0.8", (true, 1, 29.0 * 86400.0)).await;
    assert_eq!(
        sign_in(&stranger, "ada", "wrong horse").await.status,
        401,
        "the 50th"
    );
    assert_eq!(retry_after(&sign_in(&stranger, "ada", PASSWORD).await), 2);
    assert_eq!(
        sign_in(&known, "ada", PASSWORD).await.status,
        201,
        "a network that it knows"
    );
    let by_address = Target::Account(user_id(&test, "ada").await, Login::Email);
    past(&test, &by_address, "203.0.113.9", (false, 50, 0.0)).await;
    for (client, status) in [(&known, 201), (&stranger, 429)] {
        let answer = sign_in(client, "ada@example.org", PASSWORD).await;
        assert_eq!(answer.status, status, "known by whichever name");
    }
    assert_eq!(
        sign_in(&stranger, "bob", PASSWORD).await.status,
        201,
        "another account"
    );
    let_pass(&test, 2.0).await;
    assert_eq!(
        sign_in(&stranger, "ada", PASSWORD).await.status,
        201,
        "slowed, not locked"
    );
    assert_eq!(
        sign_in(&stranger, "ada", PASSWORD).await.status,
        201,
        "and known from now on"
    );

    let nobody = Target::Unknown("nobody".to_owned());
    past(&test, &nobody, "203.0.113.9", (false, 50, 0.0)).await;
    assert_eq!(
        retry_after(&sign_in(&stranger, "nobody", PASSWORD).await),
        2
    );
}

#[tokio::test]
async fn an_attempt_whose_password_was_not_looked_at_is_not_counted() {
    let test = limited().await;
    let target = Target::Unknown("nobody".to_owned());
    let attempt = begin_attempt(&test.app, &target, HOME).await.unwrap();
    assert_eq!(counted(&test).await, 1);
    withdraw_attempt(&test.app, &attempt).await;
    assert_eq!(counted(&test).await, 0);
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let test = TestApp::start().await;
    for _ in 0..7 {
        assert_eq!(sign_in(&test.anon(), "nobody", PASSWORD).await.status, 401);
    }
    assert_eq!(counted(&test).await, 0);
}

#[tokio::test]
async fn attempts_are_forgotten_after_thirty_days() {
    let test = limited().await;
    let target = Target::Unknown("nobody".to_owned());
    past(&test, &target, HOME, (false, 3, 31.0 * 86400.0)).await;
    past(&test, &target, HOME, (true, 2, 29.0 * 86400.0)).await;
    let attempt = begin_attempt(&test.app, &target, HOME).await.unwrap();
    let mut connection = test.app.pool.acquire().await.unwrap();
    confirm_attempt(&mut connection, &attempt).await.unwrap();
    assert_eq!(prune_sign_in_attempts(&test.app).await.unwrap(), 3);
    assert_eq!(prune_sign_in_attempts(&test.app).await.unwrap(), 0);
    assert_eq!(counted(&test).await, 3);
}
