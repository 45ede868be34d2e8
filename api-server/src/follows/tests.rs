//! Tests of follows over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

mod crowds;
mod lists;

use serde_json::{Value, json};

use crate::testing::{Client, TestApp};

/// The counters of a profile that follows change, as an anonymous client sees them.
pub async fn counts(test: &TestApp, username: &str) -> (i64, i64) {
    let user = test.anon().get(&format!("/users/{username}")).await.json();
    let number = |name: &str| user[name].as_i64().unwrap();
    (number("followers_count"), number("following_count"))
}

/// The viewer's relation to the user: following, followed by, requested.
pub async fn flags(viewer: &Client, username: &str) -> (bool, bool, bool) {
    let user = viewer.get(&format!("/users/{username}")).await.json();
    let flag = |name: &str| user["viewer"][name].as_bool().unwrap();
    (
        flag("following"),
        flag("followed_by"),
        flag("follow_requested"),
    )
}

/// The usernames in a list, in its order.
pub async fn names(client: &Client, path: &str) -> Vec<String> {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let name = |user: &Value| user["username"].as_str().unwrap().to_owned();
    answer.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(name)
        .collect()
}

/// Event, topics, visibility, follower and followee of each event about follows.
async fn told(test: &TestApp) -> Vec<(String, String, String, String, String)> {
    sqlx::query_as(
        "select event, array_to_string(topics, ' '), visibility,
            data #>> '{follower,username}', data #>> '{followee,username}'
        from events where event like 'follow.%' order by id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap()
}

fn event(parts: [&str; 5]) -> (String, String, String, String, String) {
    let [event, topics, visibility, by, of] = parts.map(str::to_owned);
    (event, topics, visibility, by, of)
}

#[tokio::test]
async fn following_twice_is_following_once_and_is_told_once() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    assert_eq!(eve.put("/users/ada/follow").await.status, 204);
    for _ in 0..2 {
        let answer = ada.put("/users/BOB/follow").await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    }
    assert_eq!(counts(&test, "bob").await, (1, 0));
    assert_eq!(counts(&test, "ada").await, (1, 1));
    assert_eq!(flags(&ada, "bob").await, (true, false, false));
    assert_eq!(flags(&bob, "ada").await, (false, true, false));
    assert_eq!(flags(&eve, "bob").await, (false, false, false));
    for _ in 0..2 {
        assert_eq!(ada.delete("/users/bob/follow").await.status, 204);
    }
    assert_eq!(counts(&test, "bob").await, (0, 0));
    assert_eq!(counts(&test, "ada").await, (1, 0), "eve still follows");
    let expected = [
        ["follow.created", "user:ada", "public", "eve", "ada"],
        ["follow.created", "user:bob", "public", "ada", "bob"],
        ["follow.deleted", "user:bob", "public", "ada", "bob"],
    ];
    assert_eq!(told(&test).await, expected.map(event));
}

#[tokio::test]
async fn nobody_follows_themselves_and_no_get_changes_anything() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    test.person("bob").await;
    let answer = ada.put("/users/Ada/follow").await;
    assert_eq!(answer.refusal(), (422, "own_account".to_owned()));
    assert_eq!(ada.delete("/users/ada/follow").await.status, 204);
    for path in ["/users/bob/follow", "/users/bob/block", "/users/bob/mute"] {
        let answer = ada.get(path).await;
        assert_eq!(answer.refusal(), (405, "method_not_allowed".to_owned()));
        assert_eq!(answer.headers["allow"], "PUT, DELETE");
    }
    assert_eq!(counts(&test, "ada").await, (0, 0));
    assert_eq!(counts(&test, "bob").await, (0, 0));
    assert_eq!(told(&test).await, []);
}

#[tokio::test]
async fn a_private_account_is_asked_and_decides() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    bob.patch("/me", &json!({"is_private": true})).await;
    for client in [&ada, &ada, &eve] {
        assert_eq!(client.put("/users/bob/follow").await.status, 204);
    }
    assert_eq!(flags(&ada, "bob").await, (false, false, true));
    assert_eq!(counts(&test, "bob").await, (0, 0));
    assert_eq!(names(&bob, "/follow-requests").await, ["eve", "ada"]);
    assert_eq!(names(&ada, "/follow-requests").await, [""; 0]);
    for _ in 0..2 {
        assert_eq!(bob.put("/follow-requests/ada").await.status, 204);
        assert_eq!(bob.delete("/follow-requests/eve").await.status, 204);
    }
    assert_eq!(flags(&ada, "bob").await, (true, false, false));
    assert_eq!(flags(&eve, "bob").await, (false, false, false));
    assert_eq!(
        (counts(&test, "bob").await, counts(&test, "ada").await),
        ((1, 0), (0, 1))
    );
    assert_eq!(names(&bob, "/follow-requests").await, [""; 0]);
    for path in [
        "/follow-requests/eve",
        "/follow-requests/nobody",
        "/follow-requests/bob",
    ] {
        assert_eq!(
            bob.put(path).await.refusal(),
            (404, "not_found".to_owned()),
            "{path}"
        );
    }
    let expected = [
        ["follow.requested", "user:bob", "private", "ada", "bob"],
        ["follow.requested", "user:bob", "private", "eve", "bob"],
        ["follow.created", "user:bob", "followers", "ada", "bob"],
        ["follow.deleted", "user:bob", "private", "eve", "bob"],
    ];
    assert_eq!(told(&test).await, expected.map(event));
}

#[tokio::test]
async fn a_request_is_withdrawn_by_unfollowing_and_outlives_the_opening() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    bob.patch("/me", &json!({"is_private": true})).await;
    for client in [&ada, &eve] {
        client.put("/users/bob/follow").await;
    }
    assert_eq!(eve.delete("/users/bob/follow").await.status, 204);
    assert_eq!(flags(&eve, "bob").await, (false, false, false));
    bob.patch("/me", &json!({"is_private": false})).await;
    assert_eq!(
        flags(&ada, "bob").await,
        (false, false, true),
        "still pending"
    );
    assert_eq!(names(&bob, "/follow-requests").await, ["ada"]);
    assert_eq!(counts(&test, "bob").await, (0, 0));
    assert_eq!(ada.put("/users/bob/follow").await.status, 204);
    assert_eq!(
        flags(&ada, "bob").await,
        (true, false, false),
        "now open to all"
    );
    assert_eq!(names(&bob, "/follow-requests").await, [""; 0]);
    assert_eq!(counts(&test, "bob").await, (1, 0));
    bob.patch("/me", &json!({"is_private": true})).await;
    ada.put("/users/bob/follow").await;
    assert_eq!(
        flags(&ada, "bob").await,
        (true, false, false),
        "followers stay"
    );
}

#[tokio::test]
async fn who_is_not_seen_is_neither_followed_nor_let_in() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for name in ["blocker", "blocked", "sue"] {
        test.person(name).await;
    }
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b
        where (a.username, b.username) in (('blocker', 'ada'), ('ada', 'blocked'));
        insert into follow_requests (requester_id, target_id)
        select a.id, b.id from users a, users b
        where a.username in ('blocker', 'blocked', 'sue') and b.username = 'ada';
        update users set state = 'suspended' where username = 'sue'",
    )
    .await;
    for name in ["blocker", "blocked", "sue", "nobody", "a%00"] {
        for answer in [
            ada.put(&format!("/users/{name}/follow")).await,
            ada.delete(&format!("/users/{name}/follow")).await,
            ada.put(&format!("/follow-requests/{name}")).await,
            ada.delete(&format!("/follow-requests/{name}")).await,
            ada.get(&format!("/users/{name}/followers")).await,
            ada.get(&format!("/users/{name}/following")).await,
        ] {
            assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{name}");
        }
    }
    assert_eq!(names(&ada, "/follow-requests").await, [""; 0]);
    assert_eq!(told(&test).await, []);
}
