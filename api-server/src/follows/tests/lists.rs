//! The contents of the lists of users, and the permission to read them.

use reqwest::Method;
use serde_json::json;

use super::{counts, names};
use crate::testing::{Client, TestApp, send};

/// 25 users `pNN` who follow `ada` and are followed by her, at intervals of one second.
async fn circle(test: &TestApp) -> Client {
    let ada = test.person("ada").await;
    test.run(
        "insert into users (username, email, password_hash)
        select 'p' || n, 'p' || n || '@example.org', '' from generate_series(10, 34) n;
        insert into profiles (user_id, first_name, last_name)
        select id, username, 'Example' from users where username ~ '^p';
        insert into follows (follower_id, followee_id, created_at)
        select p.id, a.id, timestamptz '2026-01-01' + p.id * interval '1 second'
        from users p, users a where p.username ~ '^p' and a.username = 'ada'
        union all
        select a.id, p.id, timestamptz '2026-01-01' - p.id * interval '1 second'
        from users p, users a where p.username ~ '^p' and a.username = 'ada'",
    )
    .await;
    ada
}

#[tokio::test]
async fn the_lists_come_in_pages_newest_first_and_each_has_cursors_of_its_own() {
    let test = TestApp::start().await;
    let ada = circle(&test).await;
    let bob = test.person("bob").await;
    bob.put("/users/p10/follow").await;
    let expected: Vec<_> = (10..35).map(|n| format!("p{n}")).collect();
    let mut cursors = Vec::new();
    for (list, is_reversed) in [("followers", true), ("following", false)] {
        let path = format!("/users/ada/{list}");
        assert_eq!(names(&bob, &path).await.len(), 20, "a page is bounded");
        let (mut read, mut address) = (Vec::new(), format!("/api/v1{path}?limit=10"));
        loop {
            let page = send(bob.request(Method::GET, &address)).await;
            let json = page.json();
            let items = json["items"].as_array().unwrap().clone();
            assert!(items.len() <= 10, "{list}");
            read.extend(
                items
                    .iter()
                    .map(|user| user["username"].as_str().unwrap().to_owned()),
            );
            let Some(link) = page.headers.get("link") else {
                assert_eq!(json["next_cursor"], json!(null));
                break;
            };
            cursors.push((list, json["next_cursor"].as_str().unwrap().to_owned()));
            let link = link.to_str().unwrap();
            address = link[1..link.find('>').unwrap()].to_owned();
        }
        if is_reversed {
            read.reverse();
        }
        assert_eq!(read, expected, "{list}");
    }
    for (list, cursor) in cursors {
        let other = if list == "followers" {
            "following"
        } else {
            "followers"
        };
        for path in [format!("/users/ada/{other}"), format!("/users/bob/{list}")] {
            let answer = ada.get(&format!("{path}?cursor={cursor}")).await;
            assert_eq!(answer.refusal(), (422, "invalid_cursor".to_owned()));
        }
    }
    for limit in ["0", "101", "x"] {
        let answer = ada
            .get(&format!("/users/ada/followers?limit={limit}"))
            .await;
        assert_eq!(
            answer.faults(),
            [("/limit".to_owned(), "out_of_range".to_owned())]
        );
    }
}

#[tokio::test]
async fn requests_come_in_pages_newest_first_and_only_to_whom_is_asked() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    circle_of_requests(&test).await;
    let (mut read, mut cursor) = (Vec::new(), String::new());
    let mut last = String::new();
    for size in [4, 4, 2] {
        let page = ada.get(&format!("/follow-requests?limit=4{cursor}")).await;
        let json = page.json();
        let items = json["items"].as_array().unwrap();
        assert_eq!(items.len(), size);
        let name = |user: &serde_json::Value| user["username"].as_str().unwrap().to_owned();
        read.extend(items.iter().map(name));
        assert_eq!(page.headers.contains_key("link"), size == 4, "{json}");
        if let Some(next) = json["next_cursor"].as_str() {
            cursor = format!("&cursor={next}");
            next.clone_into(&mut last);
        }
    }
    let expected: Vec<_> = (10..20).rev().map(|n| format!("p{n}")).collect();
    assert_eq!(read, expected);
    assert_eq!(names(&bob, "/follow-requests").await, ["p10"]);
    let answer = bob.get(&format!("/follow-requests?cursor={last}")).await;
    assert_eq!(answer.refusal(), (422, "invalid_cursor".to_owned()));
    // A request that is answered between two pages does not remove others from the list.
    assert_eq!(ada.delete("/follow-requests/p12").await.status, 204);
    let rest = names(&ada, &format!("/follow-requests?cursor={last}")).await;
    assert_eq!(rest, ["p11", "p10"]);
}

/// Ten users who send requests to `ada`, one per second; the first also sends one to `bob`.
async fn circle_of_requests(test: &TestApp) {
    test.run(
        "insert into users (username, email, password_hash)
        select 'p' || n, 'p' || n || '@example.org', '' from generate_series(10, 19) n;
        insert into profiles (user_id, first_name, last_name)
        select id, username, 'Example' from users where username ~ '^p';
        insert into follow_requests (requester_id, target_id, created_at)
        select p.id, a.id, timestamptz '2026-01-01' + p.id * interval '1 second'
        from users p, users a
        where p.username ~ '^p' and a.username = 'ada'
            or p.username = 'p10' and a.username = 'bob'",
    )
    .await;
}

#[tokio::test]
async fn who_is_listed_carries_the_viewers_flags_and_no_address() {
    let test = TestApp::start().await;
    let ada = circle(&test).await;
    let bob = test.person("bob").await;
    bob.put("/users/p34/follow").await;
    let page = bob.get("/users/ada/followers?limit=2").await;
    let items = &page.json()["items"];
    let relation = |following| {
        json!({
            "following": following, "followed_by": false, "follow_requested": false,
            "muting": false,
        })
    };
    assert_eq!(items[0]["viewer"], relation(true));
    assert_eq!(items[1]["viewer"], relation(false));
    assert!(!page.text.contains("example.org"), "{page:?}");
    let own = ada.get("/users/p34/following").await.json();
    assert_eq!(own["items"][0]["viewer"], json!(null), "oneself");
    let anon = test.anon().get("/users/p34/following").await;
    assert_eq!(anon.refusal(), (401, "token_missing".to_owned()));
}

#[tokio::test]
async fn the_blocked_and_the_suspended_are_left_out_and_counted_on() {
    let test = TestApp::start().await;
    circle(&test).await;
    let bob = test.person("bob").await;
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b
        where (a.username, b.username) in (('p34', 'bob'), ('bob', 'p33'), ('p10', 'p32'));
        update users set state = 'suspended' where username = 'p31';
        update users set state = 'deleted' where username = 'p30';
        update profiles set followers_count = 25 where user_id = (
            select id from users where username = 'ada')",
    )
    .await;
    let page = names(&bob, "/users/ada/followers?limit=6").await;
    assert_eq!(page, ["p32", "p29", "p28", "p27", "p26", "p25"]);
    let eve = test.person("eve").await;
    let page = names(&eve, "/users/ada/followers?limit=6").await;
    assert_eq!(page, ["p34", "p33", "p32", "p29", "p28", "p27"]);
    assert_eq!(counts(&test, "ada").await.0, 25);
}

#[tokio::test]
async fn a_private_accounts_lists_are_for_its_followers_itself_and_recorded_admins() {
    let test = TestApp::start().await;
    let ada = circle(&test).await;
    let (bob, root) = (test.person("bob").await, test.person("root").await);
    let p10 = test.person("holder").await;
    p10.put("/users/ada/follow").await;
    ada.patch("/me", &json!({"is_private": true})).await;
    bob.put("/users/ada/follow").await;
    test.run("update users set role = 'admin' where username = 'root'")
        .await;
    for list in ["followers", "following"] {
        let path = format!("/users/ada/{list}");
        let answer = bob.get(&path).await;
        let told = (404, "not_found".to_owned());
        assert_eq!(answer.refusal(), told, "asking is not following");
        for client in [&ada, &p10, &root, &root] {
            assert_eq!(client.get(&path).await.status, 200);
        }
    }
    root.get("/users/p10/followers").await;
    let recorded: Vec<(i64, String)> =
        sqlx::query_as("select actor_id, subject_kind || subject_id from audit_log")
            .fetch_all(&test.database.pool)
            .await
            .unwrap();
    assert_eq!(recorded, [(root.user_id.0, format!("user{}", ada.user_id))]);
}
