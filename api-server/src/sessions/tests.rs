//! Tests of sessions over HTTP.

mod many;

use serde_json::{Value, json};

use crate::testing::{Answer, Client, PASSWORD, TestApp, sign_up};

/// A server with two accounts, and the answer to the first one's sign-in.
async fn signed_in() -> (TestApp, Value) {
    let test = TestApp::start().await;
    for username in ["ada", "bob"] {
        assert_eq!(
            test.anon().post("/users", &sign_up(username)).await.status,
            201
        );
    }
    let answer = sign_in(&test, "ada", PASSWORD).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    (test, answer.json())
}

async fn sign_in(test: &TestApp, login: &str, password: &str) -> Answer {
    test.anon()
        .post("/sessions", &json!({"login": login, "password": password}))
        .await
}

async fn refresh(test: &TestApp, token: &Value) -> Answer {
    test.anon()
        .post("/sessions/refresh", &json!({"refresh_token": token}))
        .await
}

fn with_token(test: &TestApp, tokens: &Value) -> Client {
    test.holder(&tokens["access_token"])
}

#[tokio::test]
async fn one_signs_in_by_name_or_address_in_any_case() {
    let (test, tokens) = signed_in().await;
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(900))
    );
    assert_eq!(
        with_token(&test, &tokens).get("/me").await.json()["username"],
        "ada"
    );
    for login in ["ADA", "ada@example.org", "Ada@Example.ORG"] {
        let answer = sign_in(&test, login, PASSWORD).await;
        assert_eq!(answer.status, 201, "{login}");
        let session = answer.json()["session_id"].as_str().unwrap().to_owned();
        assert_eq!(
            answer.headers["location"],
            format!("/api/v1/sessions/{session}").as_str()
        );
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_the_same_401() {
    let (test, _) = signed_in().await;
    for (login, password) in [("ada", "wrong horse"), ("nobody", PASSWORD), ("", PASSWORD)] {
        let answer = sign_in(&test, login, password).await;
        assert_eq!(
            answer.refusal(),
            (401, "invalid_credentials".to_owned()),
            "{login}"
        );
    }
    let long = "x".repeat(1025);
    for (login, password, field) in [
        ("a\0", PASSWORD, "/login"),
        (&long[..255], PASSWORD, "/login"),
        ("ada", &long, "/password"),
    ] {
        assert_eq!(sign_in(&test, login, password).await.faults()[0].0, field);
    }
}

#[tokio::test]
async fn a_suspended_user_is_told_so_only_with_the_right_password() {
    let (test, tokens) = signed_in().await;
    test.run("update users set state = 'suspended' where username = 'ada'")
        .await;
    let right = sign_in(&test, "ada", PASSWORD).await;
    assert_eq!(right.refusal(), (403, "suspended".to_owned()));
    assert_eq!(sign_in(&test, "ada", "wrong horse").await.status, 401);
    let refreshed = refresh(&test, &tokens["refresh_token"]).await;
    assert_eq!(refreshed.refusal(), (401, "suspended".to_owned()));
    let me = with_token(&test, &tokens).get("/me").await;
    assert_eq!(me.refusal(), (401, "suspended".to_owned()));
    test.run("update users set state = 'deleted' where username = 'ada'")
        .await;
    assert_eq!(
        sign_in(&test, "ada", PASSWORD).await.refusal().1,
        "invalid_credentials"
    );
}

#[tokio::test]
async fn a_refresh_gives_the_next_token_and_for_a_while_the_newest_again() {
    let (test, first) = signed_in().await;
    let second = refresh(&test, &first["refresh_token"]).await;
    assert_eq!(second.status, 200, "{second:?}");
    let second = second.json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["session_id"], first["session_id"]);
    assert_eq!(with_token(&test, &second).get("/me").await.status, 200);
    let again = refresh(&test, &first["refresh_token"]).await.json();
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    assert_eq!(refresh(&test, &second["refresh_token"]).await.status, 200);
}

#[tokio::test]
async fn an_old_refresh_token_ends_its_session_and_no_other() {
    let (test, first) = signed_in().await;
    let other = sign_in(&test, "ada", PASSWORD).await.json();
    let second = refresh(&test, &first["refresh_token"]).await.json();
    test.run("update sessions set generation_at = now() - interval '31 seconds'")
        .await;
    let reused = refresh(&test, &first["refresh_token"]).await;
    assert_eq!(reused.refusal(), (401, "session_ended".to_owned()));
    for dead in [&second["refresh_token"], &first["refresh_token"]] {
        assert_eq!(
            refresh(&test, dead).await.refusal(),
            (401, "session_ended".to_owned())
        );
    }
    assert_eq!(
        with_token(&test, &second).get("/me").await.refusal().1,
        "session_ended"
    );
    assert_eq!(refresh(&test, &other["refresh_token"]).await.status, 200);
    let reason: String =
        sqlx::query_scalar("select end_reason from sessions where ended_at is not null")
            .fetch_one(&test.database.pool)
            .await
            .unwrap();
    assert_eq!(reason, "reused");
    let told: Vec<(String, String, String)> = sqlx::query_as(
        "select action, subject_id, username from audit_log join users on users.id = user_id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    let session = first["session_id"].as_str().unwrap().to_owned();
    assert_eq!(
        told,
        [("session.reused".to_owned(), session, "ada".to_owned())]
    );
}

#[tokio::test]
async fn a_forged_refresh_token_is_401_and_touches_nothing() {
    let (test, tokens) = signed_in().await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let (rest, mac) = token.rsplit_once('.').unwrap();
    let (session, _) = rest.split_once('.').unwrap();
    let unknown = shared::ids::SessionId::generate();
    let flipped = format!("{rest}.A{}", &mac[1..]);
    let flipped = if flipped == token {
        format!("{rest}.B{}", &mac[1..])
    } else {
        flipped
    };
    for forged in [
        flipped,
        format!("{session}.2.{mac}"),
        format!("{session}.0.{mac}"),
        format!("{unknown}.1.{mac}"),
        rest.to_owned(),
        String::new(),
    ] {
        let answer = refresh(&test, &json!(forged)).await;
        assert_eq!(
            answer.refusal(),
            (401, "refresh_token_invalid".to_owned()),
            "{forged}"
        );
    }
    assert_eq!(refresh(&test, &tokens["refresh_token"]).await.status, 200);
}

#[tokio::test]
async fn refreshes_at_once_agree_on_one_token() {
    let (test, first) = signed_in().await;
    let token = &first["refresh_token"];
    let (a, b, c) = tokio::join!(
        refresh(&test, token),
        refresh(&test, token),
        refresh(&test, token)
    );
    let tokens = [a, b, c].map(|answer| answer.json()["refresh_token"].clone());
    assert!(
        tokens
            .iter()
            .all(|token| *token == tokens[0] && token.is_string()),
        "{tokens:?}"
    );
}

#[tokio::test]
async fn signing_out_ends_this_session_alone() {
    let (test, tokens) = signed_in().await;
    let other = sign_in(&test, "ada", PASSWORD).await.json();
    let client = with_token(&test, &tokens);
    assert_eq!(client.delete("/sessions/current").await.status, 204);
    assert_eq!(
        client.get("/me").await.refusal(),
        (401, "session_ended".to_owned())
    );
    assert_eq!(
        refresh(&test, &tokens["refresh_token"]).await.refusal().1,
        "session_ended"
    );
    assert_eq!(with_token(&test, &other).get("/me").await.status, 200);
    assert_eq!(test.anon().delete("/sessions/current").await.status, 401);
}

#[tokio::test]
async fn a_session_that_nobody_continued_is_over_after_its_time() {
    let (test, tokens) = signed_in().await;
    test.run("update sessions set expires_at = now() - interval '1 second'")
        .await;
    let answer = refresh(&test, &tokens["refresh_token"]).await;
    assert_eq!(answer.refusal(), (401, "session_ended".to_owned()));
}

#[tokio::test]
async fn what_holds_a_token_or_an_account_is_kept_by_no_cache() {
    let test = TestApp::start().await;
    let anon = test.anon();
    let mut answers = vec![anon.post("/users", &sign_up("ada")).await];
    let sign_in = json!({"login": "ada", "password": PASSWORD});
    answers.push(anon.post("/sessions", &sign_in).await);
    let token = answers[1].json()["refresh_token"].clone();
    let refresh = json!({"refresh_token": token});
    answers.push(anon.post("/sessions/refresh", &refresh).await);
    for answer in answers {
        assert!(answer.status < 300, "{answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}
