//! The cost of reading on a million posts: statements and buffers of whole HTTP requests. Neither
//! may grow with data that is not on the page.
//!
//! `scripts/seed-data` describes the users in the database.

#![expect(clippy::indexing_slicing, reason = "a test's own steps must work")]

mod lengths;
mod whole_reads;

use shared::testing::{Seen, Statements, whole_reads};
use time::macros::datetime;

use crate::http::{List, ListKind, PageKey};
use crate::testing::{Client, TestApp};

/// From the sixth execution on, Postgres plans a prepared statement without its parameters if that
/// looks no worse: that plan is measured.
const TIMES: usize = 8;

/// The cost of the last of several equal requests, without the read of ended sessions that all
/// servers do every 2 s.
async fn cost(watched: &Statements, who: &Client, path: &str) -> (Seen, usize) {
    let (mut items, mut seen) = (0, Seen::default());
    for _ in 0..TIMES {
        let _ = watched.take();
        let answer = who.get(path).await;
        seen = watched.take();
        assert_indexed(&seen, path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        items = answer.json()["items"].as_array().map_or(1, Vec::len);
    }
    seen.statements.retain(|text| !text.contains("ended_at"));
    seen.plans
        .retain(|plan| !plan.statement.contains("ended_at"));
    (seen, items)
}

/// Proves that no plan reads a whole table that grows.
fn assert_indexed(seen: &Seen, path: &str) {
    for plan in &seen.plans {
        let reads = whole_reads(&plan.tree);
        assert!(reads.is_empty(), "{path}: {reads:?} in {}", plan.statement);
    }
}

fn deep(test: &TestApp, list: List) -> String {
    let key = PageKey {
        at: datetime!(2024-09-01 00:00 UTC),
        id: 1,
    };
    test.app.cursors.encode(list, key)
}

/// The caller, the request, the minimum number of items, and the maximum number of statements and
/// buffers.
type Row = (&'static str, String, usize, usize, u64);

async fn hold(test: &TestApp, rows: Vec<Row>) {
    let watched = Statements::watch();
    let mut dear = Vec::new();
    for (who, path, least_items, statements, buffers) in rows {
        let who = match who {
            "nobody" => test.anon(),
            name => test.user(name).await,
        };
        let (seen, items) = cost(&watched, &who, &path).await;
        println!(
            "{:>5} buffers {:>2} statements {items:>3} items {path}",
            seen.buffers(),
            seen.statements.len()
        );
        if items < least_items || seen.statements.len() > statements || seen.buffers() > buffers {
            let each = seen
                .plans
                .iter()
                .map(|plan| (plan.buffers, &plan.statement));
            dear.push(format!(
                "{path}: {items} items, {:#?}",
                each.collect::<Vec<_>>()
            ));
        }
    }
    assert!(dear.is_empty(), "{}", dear.join("\n"));
}

#[tokio::test]
async fn feeds_cost_the_same_however_many_posts_and_followees_there_are() {
    let test = TestApp::seeded().await;
    let mut rows = vec![
        ("nobody", "/feeds/public".to_owned(), 20, 5, 1000),
        ("reader", "/feeds/public?limit=100".to_owned(), 99, 5, 4000),
    ];
    for name in ["sparse", "dense", "reader", "follows_300", "follows_500"] {
        let id = test.user(name).await.user_id.0;
        let cursor = deep(&test, ListKind::newest_first(13).of(id));
        // With 500 mostly quiet followees, a scan need not find twenty posts.
        let least = if name == "follows_500" { 10 } else { 20 };
        rows.push((name, "/feeds/home".to_owned(), least, 5, 2000));
        rows.push((name, format!("/feeds/home?cursor={cursor}"), 5, 5, 2000));
    }
    let cursor = deep(&test, ListKind::newest_first(1).all());
    rows.push((
        "nobody",
        format!("/feeds/public?cursor={cursor}"),
        20,
        5,
        1000,
    ));
    hold(&test, rows).await;
}

#[tokio::test]
async fn search_costs_the_same_for_rare_and_for_frequent_words() {
    let test = TestApp::seeded().await;
    let search = |q: &str| format!("/search?q={q}");
    let cursor = deep(&test, ListKind::newest_first(12).found_by("often"));
    let rows = vec![
        ("reader", search("seldom"), 15, 5, 2000),
        // Few enough to read all: one buffer each, and the page is full.
        ("reader", search("sometimes"), 20, 5, 3500),
        ("reader", search("often"), 20, 5, 2000),
        ("reader", search("often+sometimes"), 20, 5, 2000),
        ("reader", search("上海"), 20, 5, 2000),
        ("reader", search("한글"), 20, 5, 2000),
        ("reader", search("creme"), 20, 5, 2000),
        ("reader", search("thereisnosuchword"), 0, 5, 2000),
        (
            "reader",
            format!("/search?q=often&cursor={cursor}"),
            20,
            5,
            2000,
        ),
    ];
    hold(&test, rows).await;
}

#[tokio::test]
async fn a_profile_and_its_posts_cost_the_same_however_much_somebody_wrote() {
    let test = TestApp::seeded().await;
    let rows = vec![
        ("nobody", "/users/celebrity".to_owned(), 1, 2, 50),
        ("nobody", "/users/celebrity/posts".to_owned(), 20, 5, 1000),
        ("reader", "/users/celebrity/posts".to_owned(), 20, 5, 1000),
        ("nobody", "/users/sparse/posts".to_owned(), 0, 5, 1000),
        ("nobody", "/posts/1000000".to_owned(), 1, 3, 50),
        (
            "reader",
            "/users/celebrity/followers".to_owned(),
            20,
            5,
            1000,
        ),
        ("dense", "/users/dense/following".to_owned(), 20, 5, 1000),
    ];
    hold(&test, rows).await;
}

#[tokio::test]
async fn what_hangs_on_a_post_costs_the_same_however_much_of_it_there_is() {
    let test = TestApp::seeded().await;
    // Post 999999 has 5,000 direct replies, and post 999998 a thread that is 2,000 levels deep.
    let page = test.anon().get("/posts/999998/comments").await.json();
    let mut comment = &page["items"][0];
    while let Some(reply) = comment["replies"]["items"].get(0) {
        comment = reply;
    }
    let below = format!(
        "/posts/999998/comments?parent_id={}",
        comment["id"].as_str().unwrap_or_default()
    );
    let rows = vec![
        ("nobody", "/posts/999999".to_owned(), 1, 3, 50),
        ("reader", "/posts/999999".to_owned(), 1, 3, 50),
        ("reader", "/posts/999999/likes".to_owned(), 20, 5, 1000),
        (
            "reader",
            "/posts/999999/likes?limit=100".to_owned(),
            100,
            5,
            4000,
        ),
        ("nobody", "/posts/999999/comments".to_owned(), 20, 6, 600),
        ("reader", "/posts/999999/comments".to_owned(), 20, 6, 600),
        ("reader", "/posts/999998/comments".to_owned(), 1, 6, 300),
        ("reader", below, 1, 7, 300),
    ];
    hold(&test, rows).await;
}

#[tokio::test]
async fn finding_people_costs_the_same_for_rare_and_for_common_names() {
    let test = TestApp::seeded().await;
    let search = |q: &str| format!("/search?kind=users&q={q}");
    let rows = vec![
        ("reader", search("celebrity"), 1, 5, 1000),
        ("reader", search("ba"), 20, 5, 1000),
        ("reader", search("bab"), 1, 5, 2000),
        ("reader", search("nobodyiscalledthat"), 0, 5, 1000),
        ("reader", search("b\u{e1}b"), 1, 5, 2000),
        ("reader", search("李明"), 0, 5, 1000),
        ("reader", "/me".to_owned(), 1, 2, 50),
        ("celebrity", "/me".to_owned(), 1, 2, 50),
    ];
    hold(&test, rows).await;
}
