//! Tests of the post search over HTTP. `users` tests the user search.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use serde_json::json;

use super::actions::RARE;
use super::store::{self, MOST_MATCHES};
use crate::testing::{Answer, Client, TestApp};

/// Posts that contain `word`, some of them invisible to the reader.
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
            (1, 'ada', 'Word one', 'public'), (2, 'ada', 'other worlds', 'public'),
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

/// The plan that finds posts with the word `word`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Reads all matches.
    ByIndex,
    /// Starts with the index, but there are more matches than the planner estimated.
    WrongEstimate,
    /// Scans from the start.
    ByScan,
}

impl Way {
    /// In the order in which [`Way::open`] may be called.
    const ALL: [Self; 3] = [Self::ByIndex, Self::WrongEstimate, Self::ByScan];

    /// Makes the search use this plan, and checks it. Added posts are muted and older.
    async fn open(self, test: &TestApp) {
        match self {
            Self::ByIndex => {}
            Self::WrongEstimate => test.run(FLOOD).await,
            Self::ByScan => test.run("analyze posts").await,
        }
        let mut connection = test.app.pool.acquire().await.unwrap();
        let matches: i64 = sqlx::query_scalar("select count(*) from posts where text ~* '^word'")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let estimate = store::estimate_matches(&mut connection, "word").await;
        let estimate = estimate.unwrap().unwrap();
        assert_eq!(matches > MOST_MATCHES, self != Self::ByIndex, "{matches}");
        assert_eq!(estimate > RARE, self == Self::ByScan, "{estimate}");
    }
}

/// More matches than the index plan reads, by a muted author. Only a test updates the statistics.
const FLOOD: &str = "
    alter table posts set (autovacuum_enabled = false);
    insert into posts (author_id, text, published_at)
    select id, 'word of a flood', '2025-01-01'::timestamptz + n * interval '1 s'
    from users, generate_series(1, 4600) n where username = 'max'";

/// All items found, and the number of empty pages.
async fn paged(reader: &Client, q: &str, limit: usize) -> (Vec<String>, usize) {
    let first = format!("/search?q={q}&limit={limit}");
    let (mut path, mut seen, mut empty) = (first.clone(), Vec::new(), 0);
    for _ in 0..20 {
        let answer = reader.get(&path).await;
        let page = texts(&answer);
        assert!(page.len() <= limit);
        empty += usize::from(page.is_empty());
        seen.extend(page);
        let Some(cursor) = answer.json()["next_cursor"].as_str().map(str::to_owned) else {
            return (seen, empty);
        };
        path = format!("{first}&cursor={cursor}");
    }
    panic!("it does not end: {seen:?}");
}

#[tokio::test]
async fn public_posts_with_all_words_are_found_newest_first_in_every_way() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    for way in Way::ALL {
        way.open(&test).await;
        for (q, expected) in [
            ("word", vec!["own word", "word two", "Word one"]),
            ("WORD", vec!["own word", "word two", "Word one"]),
            ("two+word", vec!["word two"]),
            ("word+nothing", vec![]),
            ("words", vec!["own word", "word two", "Word one"]),
            ("world", vec!["other worlds"]),
            ("wor", vec![]),
        ] {
            for limit in [1, 2, 100] {
                let (seen, _) = paged(&reader, q, limit).await;
                assert_eq!(seen, expected, "{q}, {limit}, {way:?}");
            }
        }
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
    for way in Way::ALL {
        way.open(&test).await;
        for _ in 0..2 {
            let (seen, _) = paged(&reader, "word", 2).await;
            assert_eq!(seen, ["own word"], "{way:?}");
            test.run("update blocks set blocker_id = blocked_id, blocked_id = blocker_id")
                .await;
        }
    }
}

#[tokio::test]
async fn a_scan_that_finds_nothing_comes_further_with_each_page_and_ends() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    test.run(
        "alter table posts set (autovacuum_enabled = false);
        insert into posts (author_id, text, published_at)
        select id, 'word of a flood', '2026-02-01'::timestamptz + n * interval '1 s'
        from users, generate_series(1, 4600) n where username in ('eve', 'max')
            and (n % 2 = 0) = (username = 'max')",
    )
    .await;
    // Without `analyze` the estimate is too low, so the index serves the rest after one scan.
    for (statement, empty) in [("select", 1), ("analyze posts", 2)] {
        test.run(statement).await;
        let expected = ["own word", "word two", "Word one"].map(str::to_owned);
        let (seen, pages) = paged(&reader, "word", 2).await;
        assert_eq!((&seen[..], pages), (&expected[..], empty), "{statement}");
    }
}

#[tokio::test]
async fn people_find_posts_by_what_they_type() {
    let test = TestApp::start().await;
    let reader = test.person("reader").await;
    let written = [
        "a cr\u{e8}me",
        "b cre\u{300}me",
        "c rabbits",
        "d 我家在上海东边。",
        "e 한글은",
        "f cats/dogs, https://example.org/path?q=1",
        "g Stra\u{df}e \u{130}stanbul \u{44f}\u{439}",
        "h ｆｕｌｌ ガッコウ ﾊﾝｶｸ",
        "i <not a tag> AT&T",
        "j ภาษาไทย",
    ];
    for text in written {
        // As older releases stored it.
        sqlx::query("insert into posts (author_id, text, published_at) values ($1, $2, now())")
            .bind(reader.user_id)
            .bind(text)
            .execute(&test.database.pool)
            .await
            .unwrap();
    }
    for (q, expected) in [
        ("cr\u{e8}me", "ba"),
        ("cre\u{300}me", "ba"),
        ("CREME", "ba"),
        ("rabbit", "c"),
        ("Rabbits", "c"),
        ("上海", "d"),
        ("在上海", "d"),
        ("海", "d"),
        ("上东", ""),
        ("한글", "e"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "e"),
        ("dog", "f"),
        ("example.org", "f"),
        ("path", "f"),
        ("strasse", "g"),
        ("istanbul", "g"),
        ("\u{44f}\u{439}", "g"),
        ("\u{44f}\u{438}", ""),
        ("full", "h"),
        ("ハンカク", "h"),
        ("コウ", "h"),
        ("tag", "i"),
        ("at%26t", "i"),
        ("ไทย", "j"),
        ("a", "ia"),
    ] {
        let found = texts(&reader.get(&format!("/search?q={q}")).await);
        let found: String = found.iter().map(|text| &text[..1]).collect();
        assert_eq!(found, expected, "{q}");
    }
}

#[tokio::test]
async fn each_kind_of_results_has_a_route_that_answers_as_the_common_one() {
    let test = TestApp::start().await;
    let reader = scene(&test).await;
    for (kind, q, least) in [("posts", "word", 3), ("users", "ada", 1)] {
        let own = reader.get(&format!("/search/{kind}?q={q}")).await;
        let common = reader.get(&format!("/search?kind={kind}&q={q}")).await;
        assert_eq!(own.json(), common.json());
        let items = own.json()["items"].as_array().unwrap().len();
        assert_eq!((own.status, items), (200, least));
        let refused = reader.get(&format!("/search/{kind}")).await;
        assert_eq!(refused.faults(), [("/q".to_owned(), "required".to_owned())]);
    }
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
        ("?q=a%E2%80%AEb", "/q", "invalid_text"),
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
}

#[tokio::test]
async fn a_visitor_finds_what_everyone_may_see() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    ada.write_post(json!({"text": "a word for all"})).await;
    ada.write_post(json!({"text": "a word for few", "visibility": "followers"}))
        .await;
    bob.write_post(json!({"text": "a word of a private account"}))
        .await;
    bob.patch("/me", &json!({"is_private": true})).await;
    let found = test.anon().get("/search?q=word").await;
    assert_eq!(texts(&found), ["a word for all"]);
    let users = test.anon().get("/search?q=bob&kind=users").await.json();
    assert_eq!(users["items"][0]["username"], "bob");
    assert_eq!(users["items"][0]["viewer"], json!(null));
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
