//! Tests of likes over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the tests create what they index"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::{Client, TestApp, blocks};

async fn likes(client: &Client) -> (Value, Value) {
    let post = client.get("/posts/1").await.json();
    (post["likes_count"].clone(), post["liked"].clone())
}

#[tokio::test]
async fn a_like_is_set_and_unset_and_only_a_change_counts_and_tells() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    for text in ["one", "another"] {
        ada.write_post(json!({"text": text})).await;
    }
    ada.put("/posts/2/like").await;
    for _ in 0..3 {
        assert_eq!(bob.put("/posts/1/like").await.status, 204);
        assert_eq!(likes(&bob).await, (json!(1), json!(true)));
    }
    assert_eq!(
        likes(&ada).await,
        (json!(1), json!(false)),
        "ada likes another"
    );
    for _ in 0..3 {
        assert_eq!(bob.delete("/posts/1/like").await.status, 204);
        assert_eq!(likes(&bob).await, (json!(0), json!(false)));
    }
    let told: Vec<i64> = sqlx::query_scalar(
        "select (data ->> 'likes_count')::bigint from events
        where event = 'post.counts' and topics = '{post:1}' order by id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(told, [1, 0]);
}

#[tokio::test]
async fn nobody_likes_in_anothers_name() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    ada.write_post(json!({"text": "x"})).await;
    let path = format!("/api/v1/posts/1/like?user_id={}", ada.user_id);
    let body = json!({"user_id": ada.user_id, "username": "ada"});
    let request = bob.request(reqwest::Method::PUT, &path).json(&body);
    assert_eq!(crate::testing::send(request).await.status, 204);
    let likers: Vec<i64> = sqlx::query_scalar("select user_id from post_likes")
        .fetch_all(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(
        likers,
        [bob.user_id.0],
        "the like is the caller's, whatever is sent"
    );
    assert_eq!(test.anon().put("/posts/1/like").await.refusal().0, 401);
}

#[tokio::test]
async fn what_one_may_not_see_one_may_not_like() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    ada.write_post(json!({"text": "x", "visibility": "followers"}))
        .await;
    for path in ["/posts/1/like", "/posts/2/like", "/posts/x/like"] {
        assert_eq!(bob.put(path).await.refusal().0, 404, "{path}");
        assert_eq!(bob.delete(path).await.refusal().0, 404, "{path}");
    }
    assert_eq!(bob.get("/posts/1/likes").await.refusal().0, 404);
    assert_eq!(likes(&ada).await, (json!(0), json!(false)));
}

#[tokio::test]
async fn who_likes_a_post_is_paged_newest_first_without_whom_one_may_not_see() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "x"})).await;
    ada.write_post(json!({"text": "not this one"})).await;
    for name in ["bob", "cat", "dan", "eve"] {
        assert_eq!(
            test.person(name).await.put("/posts/1/like").await.status,
            204
        );
    }
    ada.put("/posts/2/like").await;
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select id, 1 from users where username = 'cat';
        update post_likes set created_at = '2026-01-01'::timestamptz + user_id * interval '1 s'",
    )
    .await;
    let (mut path, mut names) = ("/posts/1/likes?limit=2".to_owned(), Vec::<Value>::new());
    for _ in 0..3 {
        let page = ada.get(&path).await.json();
        let items = page["items"].as_array().unwrap().clone();
        names.push(items.iter().map(|user| user["username"].clone()).collect());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/posts/1/likes?limit=2&cursor={cursor}");
    }
    assert_eq!(names, [json!(["eve", "dan"]), json!(["bob"])]);
}

#[tokio::test]
async fn a_hundred_hidden_likes_in_a_row_neither_empty_a_page_nor_show_in_a_cursor() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    ada.write_post(json!({"text": "x"})).await;
    // Bob is the oldest, then 100 users who block ada, then five whom she sees.
    test.run(
        "insert into users (username, email, password_hash)
        select 'p' || n, 'p' || n || '@example.org', '' from generate_series(100, 204) n;
        insert into profiles (user_id, first_name, last_name)
        select id, username, 'Example' from users where username ~ '^p';
        insert into blocks (blocker_id, blocked_id)
        select id, 1 from users where username ~ '^p1';
        insert into post_likes (post_id, user_id, created_at)
        select 1, id, timestamptz '2026-01-01' + id * interval '1 s' from users where id > 1",
    )
    .await;
    let page = ada.get("/posts/1/likes?limit=5").await.json();
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&page), ["p204", "p203", "p202", "p201", "p200"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = ada
        .get(&format!("/posts/1/likes?limit=5&cursor={cursor}"))
        .await
        .json();
    assert_eq!(
        (names(&next), &next["next_cursor"]),
        (vec!["bob".to_owned()], &Value::Null)
    );
    assert_eq!(
        names(&bob.get("/posts/1/likes?limit=100").await.json()).len(),
        100
    );
    // A scan that stops at a hidden like gives a cursor, which must not tell whose like that is.
    test.run(
        "insert into users (username, email, password_hash)
        select 'q' || n, 'q' || n || '@example.org', '' from generate_series(1, 600) n;
        insert into profiles (user_id, first_name, last_name)
        select id, username, 'Example' from users where username ~ '^q';
        insert into blocks (blocker_id, blocked_id)
        select id, 1 from users where username ~ '^q';
        insert into post_likes (post_id, user_id, created_at)
        select 1, id, timestamptz '2026-02-01' + id * interval '1 s'
        from users where username ~ '^q'",
    )
    .await;
    let page = ada.get("/posts/1/likes?limit=5").await.json();
    assert_eq!(names(&page), Vec::<String>::new());
    let cursor = page["next_cursor"].as_str().unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    for id in 108..=707_i64 {
        let short = u16::try_from(id).unwrap().to_be_bytes();
        let is_in = |id: &[u8]| bytes.windows(id.len()).any(|part| part == id);
        assert!(!is_in(&[&[0, 0], &short[..]].concat()), "{id} in {bytes:?}");
    }
    let rest = ada
        .get(&format!("/posts/1/likes?limit=5&cursor={cursor}"))
        .await;
    assert_eq!(names(&rest.json())[..2], ["p204", "p203"]);
}

#[tokio::test]
async fn newer_likes_are_listed_after_the_newest_one_that_was_shown() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "x"})).await;
    let list = async |query: &str| ada.get(&format!("/posts/1/likes{query}")).await.json();
    let after = |page: &Value| format!("?after={}", page["newest_cursor"].as_str().unwrap());
    let empty = list("").await;
    let mut clients = Vec::new();
    for name in ["bob", "cat", "dan"] {
        let client = test.person(name).await;
        client.put("/posts/1/like").await;
        clients.push(client);
    }
    let all = list(&after(&empty)).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 3, "{all}");
    let nothing = list(&after(&all)).await;
    assert_eq!(nothing["items"], json!([]));
    assert_eq!(nothing["newest_cursor"], all["newest_cursor"]);
    clients[0].delete("/posts/1/like").await;
    clients[0].put("/posts/1/like").await;
    let newer = list(&after(&nothing)).await;
    assert_eq!(newer["items"][0]["username"], "bob");
    assert_eq!(newer["items"].as_array().unwrap().len(), 1);
    let foreign = ada.get(&format!("/me/likes{}", after(&all))).await;
    assert_eq!(foreign.refusal(), (422, "invalid_cursor".to_owned()));
    assert_eq!(foreign.json()["errors"][0]["pointer"], "/after");
}

/// The texts of the posts on the pages of the client's likes, two a page.
async fn liked_texts(client: &Client) -> Vec<Value> {
    let (mut path, mut texts) = ("/me/likes?limit=2".to_owned(), Vec::new());
    for _ in 0..9 {
        let page = client.get(&path).await.json();
        let items = page["items"].as_array().unwrap().clone();
        texts.push(items.iter().map(|post| post["text"].clone()).collect());
        let Some(cursor) = page["next_cursor"].as_str() else {
            return texts;
        };
        path = format!("/me/likes?limit=2&cursor={cursor}");
    }
    panic!("the list does not end: {texts:?}");
}

#[tokio::test]
async fn what_one_likes_is_paged_newest_like_first_as_far_as_one_may_still_see_it() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    for text in ["one", "two", "three", "four", "five", "not liked"] {
        ada.write_post(json!({"text": text})).await;
    }
    for id in [3, 1, 5, 2, 4] {
        bob.put(&format!("/posts/{id}/like")).await;
    }
    ada.put("/posts/6/like").await;
    // The newest like is not of the newest post.
    test.run(
        "update post_likes set created_at = '2026-01-01'::timestamptz + case post_id
            when 3 then 1 when 1 then 2 when 5 then 3 when 2 then 4 else 5 end * interval '1 s'",
    )
    .await;
    let all = [
        json!(["four", "two"]),
        json!(["five", "one"]),
        json!(["three"]),
    ];
    assert_eq!(liked_texts(&bob).await, all);
    assert_eq!(liked_texts(&ada).await, [json!(["not liked"])]);
    let cursor = bob.get("/me/likes?limit=2").await.json()["next_cursor"].clone();
    let anothers = format!("/me/likes?cursor={}", cursor.as_str().unwrap());
    assert_eq!(ada.get(&anothers).await.refusal().0, 422);
    assert_eq!(test.anon().get("/me/likes").await.refusal().0, 401);

    ada.patch("/posts/5", &json!({"visibility": "private"}))
        .await;
    ada.delete("/posts/4").await;
    let left = [json!(["two", "one"]), json!(["three"])];
    assert_eq!(liked_texts(&bob).await, left);
    ada.put("/users/bob/block").await;
    assert_eq!(bob.get("/me/likes").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_page_of_what_one_likes_costs_the_same_however_much_one_and_others_like() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    test.run(
        "insert into posts (author_id, text, published_at)
        select 1, n, now() from generate_series(1, 20000) n;
        insert into post_likes (post_id, user_id, created_at)
        select id, liker, '2026-01-01'::timestamptz + id * interval '1 s'
        from posts, generate_series(1, 2) liker where liker = 1 or id % 2 = 0;
        analyze",
    )
    .await;
    let mut connection = test.database.pool.acquire().await.unwrap();
    let cursor = bob.get("/me/likes?limit=20").await.json()["next_cursor"].clone();
    let second = format!("/me/likes?cursor={}", cursor.as_str().unwrap());
    for (who, path) in [(&ada, "/me/likes"), (&bob, "/me/likes"), (&bob, &second)] {
        let mut fewest = i64::MAX;
        for _ in 0..3 {
            let before = blocks(&mut connection).await;
            let page = who.get(path).await.json();
            assert_eq!(page["items"].as_array().unwrap().len(), 20);
            fewest = fewest.min(blocks(&mut connection).await - before);
        }
        assert!(fewest < 1000, "{path} reads {fewest} blocks");
    }
}

#[tokio::test]
async fn sixty_four_people_at_once_leave_an_exact_counter() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "x"})).await;
    let people = join_all((0..64).map(|n| {
        let test = &test;
        async move { test.person(&format!("person{n}")).await }
    }))
    .await;
    let one = |(n, client): (usize, Client)| async move {
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(client.put("/posts/1/like").await.status);
            statuses.push(client.delete("/posts/1/like").await.status);
        }
        if n % 2 == 0 {
            statuses.push(client.put("/posts/1/like").await.status);
        }
        statuses
    };
    let people = people.into_iter().enumerate();
    let tasks = people.map(|person| tokio::spawn(one(person)));
    for statuses in join_all(tasks).await {
        let statuses = statuses.unwrap();
        assert!(statuses.iter().all(|status| *status == 204), "{statuses:?}");
    }
    assert_eq!(likes(&ada).await.0, 32);
}
