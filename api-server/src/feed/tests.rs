//! Tests of the public feed over HTTP; `home` tests the home feed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use serde_json::{Value, json};

use crate::testing::{Answer, TestApp};

fn texts(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let page = answer.json();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|post| post["text"].as_str().unwrap().to_owned())
        .collect()
}

/// Posts `0` to `24` by two authors; pairs of posts share their publication time.
async fn twenty_five_posts(test: &TestApp) {
    test.person("ada").await;
    test.person("bob").await;
    test.run(
        "insert into posts (author_id, text, published_at)
        select 1 + n % 2, n, '2026-01-01'::timestamptz + (n / 2) * interval '1 microsecond'
        from generate_series(0, 24) n;
        insert into posts (author_id, text, visibility, published_at, deleted_at)
        values (1, 'followers', 'followers', now(), null), (1, 'private', 'private', now(), null),
            (1, 'draft', 'public', null, null), (1, 'deleted', 'public', now(), now())",
    )
    .await;
}

#[tokio::test]
async fn following_the_cursors_gives_every_public_post_once_and_in_order() {
    let test = TestApp::start().await;
    twenty_five_posts(&test).await;
    let (mut path, mut seen) = ("/feeds/public?limit=4".to_owned(), Vec::new());
    loop {
        let answer = test.anon().get(&path).await;
        seen.extend(texts(&answer));
        let page = answer.json();
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert!(!answer.headers.contains_key("link"));
            break;
        };
        path = format!("/feeds/public?limit=4&cursor={cursor}");
        assert_eq!(
            answer.headers["link"],
            format!("</api/v1{path}>; rel=\"next\"").as_str()
        );
        assert!(seen.len() <= 25, "it ends");
    }
    let expected: Vec<_> = (0..25).rev().map(|n| n.to_string()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn posts_that_come_meanwhile_neither_shift_nor_repeat_a_page() {
    let test = TestApp::start().await;
    twenty_five_posts(&test).await;
    let first = test.anon().get("/feeds/public?limit=2").await;
    test.run("insert into posts (author_id, text, published_at) values (1, 'new', now())")
        .await;
    let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
    let second = test
        .anon()
        .get(&format!("/feeds/public?limit=2&cursor={cursor}"))
        .await;
    assert_eq!(
        (texts(&first), texts(&second)),
        (list(["24", "23"]), list(["22", "21"]))
    );
}

fn list<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_refused() {
    let test = TestApp::start().await;
    twenty_five_posts(&test).await;
    let page = test.anon().get("/users/ada/posts?limit=1").await.json();
    let foreign = page["next_cursor"].as_str().unwrap();
    for cursor in ["x", "", foreign] {
        let answer = test
            .anon()
            .get(&format!("/feeds/public?cursor={cursor}"))
            .await;
        assert_eq!(
            answer.refusal(),
            (422, "invalid_cursor".to_owned()),
            "{cursor}"
        );
    }
    for limit in ["0", "101", "x"] {
        let answer = test
            .anon()
            .get(&format!("/feeds/public?limit={limit}"))
            .await;
        assert_eq!(answer.faults()[0].0, "/limit");
    }
    let answer = test.anon().get("/feeds/public?limit=%zz").await;
    assert_eq!(answer.refusal(), (400, "malformed_query".to_owned()));
}

#[tokio::test]
async fn private_accounts_and_suspended_authors_are_left_out() {
    let test = TestApp::start().await;
    twenty_five_posts(&test).await;
    test.run("update profiles set is_private = true where user_id = 1")
        .await;
    assert_eq!(
        texts(&test.anon().get("/feeds/public?limit=100").await).len(),
        12
    );
    test.run("update users set state = 'suspended' where id = 2")
        .await;
    let empty = test.anon().get("/feeds/public").await;
    assert_eq!(texts(&empty), Vec::<String>::new());
    assert_eq!(empty.json()["next_cursor"], Value::Null);
}

#[tokio::test]
async fn newer_posts_are_listed_page_by_page_after_the_newest_one_that_was_shown() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for text in ["old", "shown"] {
        ada.write_post(json!({"text": text})).await;
    }
    for feed in [
        "/feeds/public",
        "/feeds/home",
        "/users/ada/posts",
        "/search?q=text",
    ] {
        let shown = ada.get(feed).await.json();
        let sign = if feed.contains('?') { '&' } else { '?' };
        let after = format!("{sign}after={}", shown["newest_cursor"].as_str().unwrap());
        let nothing = ada.get(&format!("{feed}{after}")).await.json();
        assert_eq!(nothing["items"], json!([]), "{feed}");
        for n in 1..=3 {
            ada.write_post(json!({"text": format!("text {n}")})).await;
        }
        let first = ada.get(&format!("{feed}{after}&limit=2")).await;
        assert_eq!(texts(&first), ["text 3", "text 2"], "{feed}");
        let link = first.headers["link"].to_str().unwrap();
        let next = link.strip_prefix('<').and_then(|link| link.split_once('>'));
        let next = next.unwrap().0.strip_prefix("/api/v1").unwrap();
        let second = ada.get(next).await;
        assert_eq!(texts(&second), ["text 1"], "{feed}");
        assert_eq!(second.json()["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn an_unchanged_page_is_304_with_its_tag() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "one"})).await;
    let first = ada.get("/feeds/public").await;
    assert_eq!(first.headers["cache-control"], "private, no-cache");
    let tag = first.headers["etag"].to_str().unwrap();
    let ask = |tag: &str| {
        let request = ada.request(reqwest::Method::GET, "/api/v1/feeds/public");
        crate::testing::send(request.header("if-none-match", tag))
    };
    let again = ask(tag).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    ada.write_post(json!({"text": "two"})).await;
    assert_eq!(ask(tag).await.status, 200);
}

mod crowds;
mod home;
