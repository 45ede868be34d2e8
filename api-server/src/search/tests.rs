//! Search for posts through the whole server; that for people is tested where it is made.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use crate::testing::{Answer, Client, TestApp};

/// Posts that hold `word`, and some that are to stay unseen.
async fn scene(test: &TestApp) -> Client {
    let reader = test.person("reader").await;
    for name in ["ada", "eve", "max"] {
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
            case when text <> 'word draft' then '2026-01-01'::timestamptz + at * interval '1 s' end,
            case when text = 'word deleted' then now() end
        from (values
            (1, 'ada', 'Word one', 'public'), (2, 'ada', 'other words', 'public'),
            (3, 'ada', 'word two', 'public'), (4, 'ada', 'word for followers', 'followers'),
            (5, 'eve', 'word of a private account', 'public'), (6, 'max', 'word muted', 'public'),
            (7, 'reader', 'own word', 'public'), (8, 'reader', 'own private word', 'private'),
            (9, 'ada', 'word draft', 'public'), (10, 'ada', 'word deleted', 'public')
        ) post (at, author, text, visibility)
        join users on username = author
        order by at",
    )
    .await;
    reader
}

fn texts(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let page = answer.json();
    let items = page["items"].as_array().unwrap().iter();
    let text = items.map(|post| post["text"].as_str().unwrap().to_owned());
    text.collect()
}

#[tokio::test]
async fn public_posts_with_all_words_are_found_newest_first() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    for (q, expected) in [
        ("word", vec!["own word", "word two", "Word one"]),
        ("WORD", vec!["own word", "word two", "Word one"]),
        ("two+word", vec!["word two"]),
        ("word+nothing", vec![]),
        ("words", vec!["other words"]),
        ("wor", vec![]),
    ] {
        let found = reader.get(&format!("/search?q={q}")).await;
        assert_eq!(texts(&found), expected, "{q}");
    }
}

#[tokio::test]
async fn whom_one_blocks_is_not_found_either_way_round() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select id, 1 from users where username = 'ada'",
    )
    .await;
    assert_eq!(texts(&reader.get("/search?q=word").await), ["own word"]);
    test.run("update blocks set blocker_id = blocked_id, blocked_id = blocker_id")
        .await;
    assert_eq!(texts(&reader.get("/search?q=word").await), ["own word"]);
}

#[tokio::test]
async fn what_looks_like_an_operator_is_text() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    for (q, expected) in [
        ("two|nothing", vec![]),
        ("!two", vec!["word two"]),
        ("wo:*", vec![]),
        ("two'%29%3B--", vec!["word two"]),
        ("%28two", vec!["word two"]),
        ("...", vec![]),
        ("+", vec![]),
        ("%F0%9F%98%80", vec![]),
    ] {
        let found = reader.get(&format!("/search?q={q}")).await;
        assert_eq!(texts(&found), expected, "{q}");
    }
}

#[tokio::test]
async fn what_cannot_be_searched_for_is_refused_with_its_parameter() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    let long = "%C3%BC".repeat(101);
    for (query, pointer, code) in [
        ("", "/q", "required"),
        ("?q=", "/q", "required"),
        ("?q=a%00b", "/q", "invalid_text"),
        (&format!("?q={long}"), "/q", "too_long"),
        ("?q=a&kind=all", "/kind", "unknown_value"),
        ("?q=a&limit=0", "/limit", "out_of_range"),
    ] {
        let answer = reader.get(&format!("/search{query}")).await;
        let expected = vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(answer.faults(), expected, "{query}");
    }
    let bound = format!("/search?q={}", "%C3%BC".repeat(100));
    assert_eq!(texts(&reader.get(&bound).await), Vec::<String>::new());
    let answer = test.anon().get("/search?q=word").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn the_next_page_goes_on_with_the_same_words_and_no_others() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    let (mut path, mut seen) = ("/search?q=w%6Frd&kind=posts&limit=1".to_owned(), Vec::new());
    for _ in 0..3 {
        let answer = reader.get(&path).await;
        seen.extend(texts(&answer));
        let link = answer.headers.get("link");
        let Some(cursor) = answer.json()["next_cursor"].as_str().map(str::to_owned) else {
            assert_eq!(link, None);
            break;
        };
        path = format!("/search?q=word&kind=posts&limit=1&cursor={cursor}");
        let expected = format!("</api/v1{path}>; rel=\"next\"");
        assert_eq!(link.unwrap().to_str().unwrap(), expected);
        let other = format!("/search?q=words&limit=1&cursor={cursor}");
        let refused = reader.get(&other).await;
        assert_eq!(refused.refusal(), (422, "invalid_cursor".to_owned()));
    }
    assert_eq!(seen, ["own word", "word two", "Word one"]);
}
