//! Tests of blocks over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Client, TestApp, send};

async fn names(client: &Client, path: &str) -> Vec<String> {
    let name = |user: &Value| user["username"].as_str().unwrap().to_owned();
    let page = client.get(path).await.json();
    page["items"].as_array().unwrap().iter().map(name).collect()
}

async fn counts(test: &TestApp) -> Vec<(String, i64, i64)> {
    sqlx::query_as(
        "select username, followers_count, following_count
        from profiles join users on id = user_id order by id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_block_ends_follows_and_requests_both_ways_and_nobody_elses() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    for (client, name) in [(&ada, "bob"), (&bob, "ada"), (&eve, "ada"), (&eve, "bob")] {
        client.put(&format!("/users/{name}/follow")).await;
    }
    eve.patch("/me", &json!({"is_private": true})).await;
    for client in [&ada, &bob] {
        client.put("/users/eve/follow").await;
    }
    for _ in 0..2 {
        assert_eq!(ada.put("/users/bob/block").await.status, 204);
    }
    assert_eq!(eve.put("/users/ada/block").await.status, 204);
    let row = |name: &str, followers, following| (name.to_owned(), followers, following);
    let expected = [row("ada", 0, 0), row("bob", 1, 0), row("eve", 0, 1)];
    assert_eq!(counts(&test).await, expected);
    assert_eq!(names(&eve, "/follow-requests").await, ["bob"]);
    let told: Vec<String> = sqlx::query_scalar(
        "select visibility || ' ' || (data #>> '{follower,username}') || ' '
            || (data #>> '{followee,username}')
        from events where event = 'follow.deleted' order by id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    let expected = [
        "public ada bob",
        "public bob ada",
        "public eve ada",
        "private ada eve",
    ];
    assert_eq!(told, expected);
    assert_eq!(ada.delete("/users/bob/block").await.status, 204);
    assert_eq!(
        counts(&test).await[0],
        row("ada", 0, 0),
        "what has ended stays ended"
    );
}

#[tokio::test]
async fn each_is_404_to_the_other_and_the_block_can_always_be_taken_back() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    assert_eq!(ada.put("/users/bob/block").await.status, 204);
    for (client, name) in [(&ada, "bob"), (&bob, "ada")] {
        for tail in ["", "/followers", "/following", "/posts"] {
            let answer = client.get(&format!("/users/{name}{tail}")).await;
            assert_eq!(
                answer.refusal(),
                (404, "not_found".to_owned()),
                "{name}{tail}"
            );
        }
        let answer = client.put(&format!("/users/{name}/follow")).await;
        assert_eq!(answer.status, 404);
    }
    assert_eq!(bob.delete("/users/ada/block").await.status, 204);
    for client in [&eve, &test.anon()] {
        for name in ["ada", "bob"] {
            assert_eq!(client.get(&format!("/users/{name}")).await.status, 200);
        }
    }
    assert_eq!(
        bob.get("/users/ada").await.status,
        404,
        "not bob's to take back"
    );
    test.run("update users set state = 'suspended' where username = 'eve'")
        .await;
    for name in ["bob", "bob", "eve"] {
        assert_eq!(
            ada.delete(&format!("/users/{name}/block")).await.status,
            204
        );
    }
    assert_eq!(ada.delete("/users/nobody/block").await.status, 404);
    assert_eq!(bob.get("/users/ada").await.status, 200);
}

#[tokio::test]
async fn whoever_exists_can_be_blocked_and_muted_and_the_answer_reveals_no_block() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for name in ["bob", "blocker", "suspended", "deleted"] {
        test.person(name).await;
    }
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b
        where a.username = 'blocker' and b.username = 'ada';
        update users set state = username where username in ('suspended', 'deleted')",
    )
    .await;
    for tail in ["block", "mute"] {
        for method in [Method::PUT, Method::PUT, Method::DELETE, Method::DELETE] {
            for (name, status) in [
                ("bob", 204),
                ("Blocker", 204),
                ("suspended", 204),
                ("deleted", 404),
                ("nobody", 404),
            ] {
                let path = format!("/api/v1/users/{name}/{tail}");
                let answer = send(ada.request(method.clone(), &path)).await;
                assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
            }
        }
    }
    assert_eq!(ada.put("/users/blocker/block").await.status, 204);
    assert_eq!(names(&ada, "/blocks").await, ["blocker"]);
    assert_eq!(ada.delete("/users/blocker/block").await.status, 204);
    let answer = ada.get("/users/blocker").await;
    assert_eq!(answer.status, 404, "the other block stays");
}

#[tokio::test]
async fn a_list_of_blocks_is_the_callers_own_in_pages_newest_first() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let names_there = ["bob", "cyd", "dan", "eve", "fay"];
    let mut others = Vec::new();
    for name in names_there {
        others.push(test.person(name).await);
        ada.put(&format!("/users/{name}/block")).await;
    }
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b where a.username = 'bob' and b.username = 'ada';
        update users set state = 'suspended' where username = 'dan'",
    )
    .await;
    let page = ada.get("/blocks?limit=2").await.json();
    assert_eq!(page["items"][1]["username"], "eve");
    assert_eq!(page["items"][1]["viewer"]["following"], false);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = names(&ada, &format!("/blocks?cursor={cursor}")).await;
    assert_eq!(
        rest,
        ["cyd", "bob"],
        "whoever blocks back is listed, the suspended are not"
    );
    assert_eq!(names(&others[1], "/blocks").await, [""; 0]);
    let answer = others[1].get(&format!("/blocks?cursor={cursor}")).await;
    assert_eq!(answer.refusal(), (422, "invalid_cursor".to_owned()));
}

#[tokio::test]
async fn nobody_blocks_themselves() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let answer = ada.put("/users/ada/block").await;
    assert_eq!(answer.refusal(), (422, "own_account".to_owned()));
    assert_eq!(ada.get("/users/ada").await.status, 200);
}
