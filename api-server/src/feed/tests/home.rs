//! Home feeds, with both plans.

use serde_json::json;

use super::{list, texts};
use crate::testing::{Answer, Client, TestApp};

/// Follows so many silent users that the feed uses the scan.
async fn follow_very_many(test: &TestApp) {
    test.run(
        "with many as (
            insert into users (username, email, password_hash)
            select 'quiet' || n, 'quiet' || n || '@example.org', '' from generate_series(1, 301) n
            returning id
        ), made as (
            insert into profiles (user_id, first_name, last_name) select id, 'Q', 'Q' from many
        )
        insert into follows (follower_id, followee_id)
        select (select id from users where username = 'reader'), id from many",
    )
    .await;
}

/// `reader` follows `ada` and the private `eve`, and neither `bob` nor the muted `max`.
async fn scene(test: &TestApp) -> Client {
    let reader = test.person("reader").await;
    for name in ["ada", "bob", "eve", "max"] {
        test.person(name).await;
    }
    test.run(
        "update profiles set is_private = true
        where user_id = (select id from users where username = 'eve');
        insert into follows (follower_id, followee_id)
        select 1, id from users where username in ('ada', 'eve', 'max');
        insert into mutes (muter_id, muted_id) select 1, id from users where username = 'max';
        insert into posts (author_id, text, visibility, published_at, deleted_at)
        select users.id, text, visibility,
            case when text <> 'draft' then '2026-01-01'::timestamptz + at * interval '1 s' end,
            case when text = 'deleted' then now() end
        from (values
            (1, 'ada', 'first', 'public'), (2, 'bob', 'not followed', 'public'),
            (3, 'ada', 'for followers', 'followers'), (4, 'ada', 'private', 'private'),
            (5, 'eve', 'of a private account', 'public'), (6, 'max', 'muted', 'public'),
            (7, 'reader', 'own', 'public'), (8, 'reader', 'own and private', 'private'),
            (9, 'ada', 'draft', 'public'), (10, 'ada', 'deleted', 'public')
        ) post (at, author, text, visibility)
        join users on username = author
        order by at",
    )
    .await;
    reader
}

const EXPECTED: [&str; 5] = [
    "own and private",
    "own",
    "of a private account",
    "for followers",
    "first",
];

async fn paged(reader: &Client, limit: usize) -> Vec<String> {
    let (mut path, mut seen) = (format!("/feeds/home?limit={limit}"), Vec::new());
    for _ in 0..20 {
        let answer = reader.get(&path).await;
        seen.extend(texts(&answer));
        let Some(cursor) = next(&answer) else {
            return seen;
        };
        path = format!("/feeds/home?limit={limit}&cursor={cursor}");
    }
    panic!("it does not end: {seen:?}");
}

fn next(answer: &Answer) -> Option<String> {
    answer.json()["next_cursor"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn home_holds_ones_own_and_what_followees_show_newest_first_by_either_plan() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    for limit in [1, 2, 5, 100] {
        assert_eq!(paged(&reader, limit).await, EXPECTED, "merged, {limit}");
    }
    follow_very_many(&test).await;
    for limit in [1, 2, 5, 100] {
        assert_eq!(paged(&reader, limit).await, EXPECTED, "scanned, {limit}");
    }
}

#[tokio::test]
async fn who_is_blocked_or_suspended_is_not_in_home() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select id, 1 from users where username = 'ada';
        update users set state = 'suspended' where username = 'eve'",
    )
    .await;
    let own = list(["own and private", "own"]);
    assert_eq!(texts(&reader.get("/feeds/home").await), own);
    follow_very_many(&test).await;
    assert_eq!(texts(&reader.get("/feeds/home").await), own);
}

#[tokio::test]
async fn a_scan_that_finds_nothing_comes_further_with_each_page_and_ends() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    follow_very_many(&test).await;
    test.run(
        "insert into posts (author_id, text, published_at)
        select id, 'unwanted', '2026-02-01'::timestamptz + n * interval '1 s'
        from users, generate_series(1, 20010) n where username = 'bob'",
    )
    .await;
    let mut path = "/feeds/home?limit=2".to_owned();
    for _ in 0..2 {
        let answer = reader.get(&path).await;
        assert_eq!(texts(&answer), Vec::<String>::new());
        path = format!("/feeds/home?limit=2&cursor={}", next(&answer).unwrap());
    }
    assert_eq!(texts(&reader.get(&path).await), EXPECTED[..2]);
    assert_eq!(paged(&reader, 2).await, EXPECTED);
}

#[tokio::test]
async fn posts_written_meanwhile_neither_repeat_nor_hide_any_in_home() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    let mut seen = texts(&reader.get("/feeds/home?limit=2").await);
    let mut cursor = next(&reader.get("/feeds/home?limit=2").await);
    while let Some(after) = cursor {
        reader.write_post(json!({"text": "meanwhile"})).await;
        let answer = reader
            .get(&format!("/feeds/home?limit=2&cursor={after}"))
            .await;
        seen.extend(texts(&answer));
        cursor = next(&answer);
        assert!(seen.len() <= EXPECTED.len(), "{seen:?}");
    }
    assert_eq!(seen, EXPECTED);
}

#[tokio::test]
async fn whom_one_mutes_is_not_in_ones_public_feed() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    let seen = texts(&reader.get("/feeds/public").await);
    assert_eq!(seen, list(["own", "not followed", "first"]));
    let anyone = texts(&test.anon().get("/feeds/public").await);
    assert_eq!(anyone, list(["own", "muted", "not followed", "first"]));
}

#[tokio::test]
async fn posts_of_a_user_who_blocks_the_reader_leave_no_gap_in_a_page() {
    let test = TestApp::start().await;
    let (ada, eve) = (test.person("ada").await, test.person("eve").await);
    for text in ["words 1", "words 2"] {
        ada.write_post(json!({"text": text})).await;
    }
    for _ in 0..5 {
        eve.write_post(json!({"text": "words of eve"})).await;
    }
    let reader = test.person("reader").await;
    assert_eq!(eve.put("/users/reader/block").await.status, 204);
    for list in ["/feeds/public?limit=2", "/search?q=words&limit=2"] {
        assert_eq!(
            texts(&reader.get(list).await),
            ["words 2", "words 1"],
            "{list}"
        );
    }
}

#[tokio::test]
async fn a_page_of_the_public_feed_that_finds_nothing_goes_on_behind_what_it_looked_at() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    test.run(
        "insert into posts (author_id, text, published_at)
        select id, 'unwanted', '2026-02-01'::timestamptz + n * interval '1 s'
        from users, generate_series(1, 1010) n
        where username = case when n % 2 = 0 then 'eve' else 'max' end",
    )
    .await;
    let answer = reader.get("/feeds/public?limit=2").await;
    assert_eq!(texts(&answer), Vec::<String>::new());
    let path = format!("/feeds/public?limit=2&cursor={}", next(&answer).unwrap());
    let answer = reader.get(&path).await;
    assert_eq!(texts(&answer), ["own", "not followed"]);
    let path = format!("/feeds/public?limit=2&cursor={}", next(&answer).unwrap());
    let answer = reader.get(&path).await;
    assert_eq!((texts(&answer), next(&answer)), (list(["first"]), None));
}

#[tokio::test]
async fn a_cursor_of_home_is_its_readers_alone() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    let cursor = next(&reader.get("/feeds/home?limit=1").await).unwrap();
    for (who, path) in [(test.person("other").await, "home"), (reader, "public")] {
        let answer = who.get(&format!("/feeds/{path}?cursor={cursor}")).await;
        assert_eq!(answer.refusal(), (422, "invalid_cursor".to_owned()));
    }
}
