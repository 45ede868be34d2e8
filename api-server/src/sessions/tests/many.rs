//! Several sessions of one user: listed, ended one by one or all at once, and limited in number.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{refresh, sign_in, signed_in, with_token};
use crate::sessions::actions::prune_sessions;
use crate::testing::{PASSWORD, TestApp};

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

async fn live_sessions(test: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from sessions where ended_at is null")
        .fetch_one(&test.database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn one_sees_ones_own_live_sessions_the_newest_first_in_pages() {
    let (test, first) = signed_in().await;
    sign_in(&test, "bob", PASSWORD).await;
    let second = sign_in(&test, "ada", PASSWORD).await.json();
    let third = sign_in(&test, "ada", PASSWORD).await.json();
    let ended = sign_in(&test, "ada", PASSWORD).await.json();
    with_token(&test, &ended).delete("/sessions/current").await;
    let ada = with_token(&test, &second);
    let expected = [&third, &second, &first].map(|tokens| tokens["session_id"].as_str().unwrap());

    let all = ada.get("/sessions").await.json();
    assert_eq!(ids(&all), expected);
    assert_eq!(all["next_cursor"], Value::Null);
    let mut session = all["items"][1].clone();
    for time in ["created_at", "last_used_at"] {
        assert!(session[time].take().as_str().unwrap().ends_with('Z'));
    }
    let shape = json!({
        "id": expected[1], "current": true, "created_at": null, "last_used_at": null,
        "user_agent": "", "network": "127.0.0.1",
    });
    assert_eq!(session, shape);
    assert_eq!(all["items"][0]["current"], false);

    let page = ada.get("/sessions?limit=2").await;
    assert_eq!(ids(&page.json()), expected[..2]);
    let cursor = page.json()["next_cursor"].as_str().unwrap().to_owned();
    let path = format!("/sessions?limit=2&cursor={cursor}");
    assert!(page.headers["link"].to_str().unwrap().contains(&cursor));
    assert_eq!(ids(&ada.get(&path).await.json()), expected[2..]);
    let bob = with_token(&test, &sign_in(&test, "bob", PASSWORD).await.json());
    assert_eq!(
        bob.get(&path).await.refusal(),
        (422, "invalid_cursor".to_owned())
    );
}

#[tokio::test]
async fn sessions_of_the_same_microsecond_are_each_on_one_page() {
    let (test, first) = signed_in().await;
    for _ in 0..4 {
        sign_in(&test, "ada", PASSWORD).await;
    }
    test.run("update sessions set created_at = '2026-01-01'")
        .await;
    let ada = with_token(&test, &first);
    let all = ada.get("/sessions").await.json();
    let mut found = Vec::new();
    let mut path = "/sessions?limit=2".to_owned();
    while !path.is_empty() {
        let page = ada.get(&path).await.json();
        found.extend(ids(&page).into_iter().map(str::to_owned));
        let next = page["next_cursor"].as_str();
        path = next.map_or(String::new(), |cursor| {
            format!("/sessions?limit=2&cursor={cursor}")
        });
    }
    assert_eq!(found.len(), 5);
    assert_eq!(found, ids(&all));
    let newest = all["newest_cursor"].as_str().unwrap();
    let after = ada.get(&format!("/sessions?after={newest}")).await.json();
    assert!(ids(&after).is_empty(), "{after}");
}

#[tokio::test]
async fn one_ends_a_session_of_ones_own_and_of_nobody_else() {
    let (test, first) = signed_in().await;
    let second = sign_in(&test, "ada", PASSWORD).await.json();
    let bob = with_token(&test, &sign_in(&test, "bob", PASSWORD).await.json());
    let (ada, other) = (with_token(&test, &first), with_token(&test, &second));
    let path = format!("/sessions/{}", second["session_id"].as_str().unwrap());
    assert_eq!(
        bob.delete(&path).await.refusal(),
        (404, "not_found".to_owned())
    );
    assert_eq!(other.get("/me").await.status, 200);

    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(
        other.get("/me").await.refusal(),
        (401, "session_ended".to_owned())
    );
    let refreshed = refresh(&test, &second["refresh_token"]).await;
    assert_eq!(refreshed.refusal(), (401, "session_ended".to_owned()));
    assert_eq!(ada.delete(&path).await.status, 404, "already gone");
    assert_eq!(ada.delete("/sessions/7").await.status, 404);
    for client in [&ada, &bob] {
        assert_eq!(client.get("/me").await.status, 200);
    }
}

#[tokio::test]
async fn one_ends_all_ones_sessions_with_this_one_and_nobody_elses() {
    let (test, first) = signed_in().await;
    let second = sign_in(&test, "ada", PASSWORD).await.json();
    let bob = with_token(&test, &sign_in(&test, "bob", PASSWORD).await.json());
    assert_eq!(
        with_token(&test, &first).delete("/sessions").await.status,
        204
    );
    for tokens in [&first, &second] {
        let me = with_token(&test, tokens).get("/me").await;
        assert_eq!(me.refusal(), (401, "session_ended".to_owned()));
        let refreshed = refresh(&test, &tokens["refresh_token"]).await;
        assert_eq!(refreshed.refusal(), (401, "session_ended".to_owned()));
    }
    assert_eq!(bob.get("/me").await.status, 200);
    assert_eq!(sign_in(&test, "ada", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn beyond_a_thousand_those_end_that_were_not_used_for_longest() {
    let (test, first) = signed_in().await;
    test.run(
        "insert into sessions (id, user_id, seed, created_at, last_used_at, expires_at)
        select gen_random_uuid(), users.id, sha256('seed'), now() - interval '20 days',
            now() - make_interval(mins => old), now() + interval '1 day'
        from users, generate_series(1, 2200) as old where username = 'ada';
        insert into sessions (id, user_id, seed, expires_at)
        select gen_random_uuid(), id, sha256('seed'), now() + interval '1 day'
        from users, generate_series(1, 1000) where username = 'bob'",
    )
    .await;
    let mut ended = Vec::new();
    for _ in 0..3 {
        ended.push(prune_sessions(&test.app).await.unwrap());
    }
    assert_eq!(ended, [1000, 201, 0]);
    assert_eq!(live_sessions(&test).await, 2000);
    assert_eq!(with_token(&test, &first).get("/me").await.status, 200);
    let oldest: i32 = sqlx::query_scalar(
        "select max(extract(epoch from now() - last_used_at) / 60)::int from sessions
        where ended_at is null",
    )
    .fetch_one(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(oldest, 999);
}

#[tokio::test]
async fn an_old_token_that_comes_back_many_times_at_once_is_told_once() {
    let (test, first) = signed_in().await;
    refresh(&test, &first["refresh_token"]).await;
    test.run("update sessions set generation_at = now() - interval '31 seconds'")
        .await;
    let answers = join_all((0..8).map(|_| refresh(&test, &first["refresh_token"]))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.refusal().1 == "session_ended")
    );
    let told: i64 = sqlx::query_scalar("select count(*) from audit_log")
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(told, 1);
}
