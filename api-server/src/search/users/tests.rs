//! The user search, with few and with many users.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use shared::auth::Principal;
use shared::clock::Clock;

use super::*;
use crate::http::{At, Faults};
use crate::testing::{Client, TestApp};

fn text(q: &str) -> SearchQuery {
    SearchQuery::parse(q.to_owned(), At::Body, &mut Faults::default()).unwrap()
}

fn query(limit: usize, cursor: Option<String>) -> PageQuery {
    let mut parameters = vec![("limit".to_owned(), limit.to_string())];
    parameters.extend(cursor.map(|cursor| ("cursor".to_owned(), cursor)));
    PageQuery::parse("/search".to_owned(), parameters).unwrap()
}

fn principal(client: &Client) -> Principal {
    let now = Clock::system().now();
    Principal {
        user_id: client.user_id,
        session_id: client.session_id,
        issued_at: now,
        expires_at: now,
    }
}

/// The usernames found, in pages of at most `limit`.
async fn found(test: &TestApp, viewer: Option<&Client>, q: &str, limit: usize) -> Vec<Vec<String>> {
    let viewer = viewer.map(principal);
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let asked = query(limit, cursor);
        let page = search_users(&test.app, viewer.as_ref(), &text(q), &asked)
            .await
            .unwrap();
        pages.push(page.items.into_iter().map(|user| user.username).collect());
        cursor = page.next_cursor;
        if cursor.is_none() {
            return pages;
        }
    }
}

/// Users with these names, who sign up in this order.
async fn join(test: &TestApp, people: &[(&str, &str, &str)]) {
    for (username, first_name, last_name) in people {
        let client = test.person(username).await;
        sqlx::query("update profiles set first_name = $2, last_name = $3 where user_id = $1")
            .bind(client.user_id)
            .bind(first_name)
            .bind(last_name)
            .execute(&test.database.pool)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_part_of_a_username_or_full_name_finds_and_an_address_does_not() {
    let test = TestApp::start().await;
    let people = [
        ("ada", "Augusta Ada", "King"),
        ("canada_fan", "Bob", "Builder"),
        ("eve", "Eve", "Lovelace"),
        ("Lovely", "Dan", "Dare"),
        ("other", "Zoe", "Zimmer"),
    ];
    join(&test, &people).await;
    for (q, expected) in [
        ("ada", vec!["ada", "canada_fan"]),
        ("NADA_F", vec!["canada_fan"]),
        ("love", vec!["Lovely", "eve"]),
        ("a ada k", vec!["ada"]),
        ("da king", vec!["ada"]),
        ("example", vec![]),
        ("ada@example.org", vec![]),
        ("nobody", vec![]),
    ] {
        assert_eq!(found(&test, None, q, 20).await, [expected], "{q}");
    }
}

#[tokio::test]
async fn under_three_characters_a_username_begins_with_it() {
    let test = TestApp::start().await;
    let people = [
        ("ab", "Xaver", "Y"),
        ("abel", "X", "Y"),
        ("cab", "Abba", "Y"),
        ("a", "A", "B"),
    ];
    join(&test, &people).await;
    for (q, expected) in [
        ("AB", vec!["ab", "abel"]),
        ("a", vec!["a", "abel", "ab"]),
        ("c", vec!["cab"]),
        ("x", vec![]),
        ("_", vec![]),
        // Punctuation alone has no trigrams, so only the start of usernames is searched.
        ("b++", vec![]),
        ("___", vec![]),
    ] {
        assert_eq!(found(&test, None, q, 20).await, [expected], "{q}");
    }
}

#[tokio::test]
async fn accents_and_unicode_forms_do_not_matter_and_short_names_of_other_scripts_are_found() {
    let test = TestApp::start().await;
    let people = [
        ("composed", "Ren\u{e9}", "Cr\u{e8}me"),
        ("decomposed", "Zoe\u{308}", "Cre\u{300}me"),
        ("plain", "Rene", "Cremer"),
        ("li", "\u{660e}", "\u{674e}"),
        ("kim", "\u{bbfc}\u{c218}", "\u{ae40}"),
        ("oi", "\u{41e}\u{439}", "\u{42f}"),
    ];
    join(&test, &people).await;
    for (q, expected) in [
        ("cr\u{e8}me", vec!["plain", "decomposed", "composed"]),
        ("cre\u{300}me", vec!["plain", "decomposed", "composed"]),
        ("CREME", vec!["plain", "decomposed", "composed"]),
        ("ren\u{e9} cr", vec!["plain", "composed"]),
        ("Zo\u{cb}", vec!["decomposed"]),
        ("\u{674e}\u{660e}", vec!["li"]),
        ("\u{660e}", vec!["li"]),
        ("\u{ae40}\u{bbfc}\u{c218}", vec!["kim"]),
        ("\u{bbfc}\u{c218}", vec!["kim"]),
        ("\u{1106}\u{1175}\u{11ab}", vec!["kim"]),
        ("\u{41e}\u{439}", vec!["oi"]),
        ("\u{41e}\u{438}", vec![]),
        ("COMP\u{d3}SED", vec!["decomposed", "composed"]),
    ] {
        assert_eq!(found(&test, None, q, 20).await.concat(), expected, "{q}");
    }
}

#[tokio::test]
async fn signs_that_like_knows_stand_for_themselves() {
    let test = TestApp::start().await;
    let people = [
        ("a_b_c", "A", "100% Sure"),
        ("axbxc", "A", "100 Sure"),
        ("x", "Back\\slash", "Y"),
    ];
    join(&test, &people).await;
    for (q, expected) in [
        ("a_b", vec!["a_b_c"]),
        ("0% s", vec!["a_b_c"]),
        ("k\\s", vec!["x"]),
        ("a_", vec!["a_b_c"]),
        ("%", vec![]),
        ("%%%", vec![]),
        ("' or 1=1 --", vec![]),
    ] {
        assert_eq!(found(&test, None, q, 20).await, [expected], "{q}");
    }
}

#[tokio::test]
async fn whoever_is_called_exactly_that_comes_first_and_once_whatever_the_pages_hold() {
    let test = TestApp::start().await;
    join(
        &test,
        &[
            ("Bob", "Old", "One"),
            ("bobby", "B", "C"),
            ("kebob", "K", "B"),
        ],
    )
    .await;
    let expected = ["Bob", "kebob", "bobby"];
    for limit in 1..5 {
        let pages = found(&test, None, "bob", limit).await;
        assert!(pages.iter().all(|page| page.len() <= limit), "{pages:?}");
        assert_eq!(pages.concat(), expected, "pages of {limit}");
    }
    let asked = query(1, None);
    let page = search_users(&test.app, None, &text("bob"), &asked)
        .await
        .unwrap();
    let asked = query(1, page.next_cursor);
    let other = search_users(&test.app, None, &text("bobb"), &asked).await;
    assert!(other.is_err(), "a cursor belongs to what was looked for");
}

#[tokio::test]
async fn who_is_blocked_muted_or_not_active_is_left_out_for_the_one_and_not_the_other() {
    let test = TestApp::start().await;
    let names = ["finn", "finn1", "finn2", "finn3", "finn4", "finn5"];
    join(&test, &names.map(|name| (name, "F", "F"))).await;
    let (ada, eve) = (test.person("ada").await, test.person("eve").await);
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b
        where (a.username, b.username) in (('ada', 'finn'), ('finn1', 'ada'));
        insert into mutes (muter_id, muted_id)
        select a.id, b.id from users a, users b
        where a.username = 'ada' and b.username = 'finn2';
        update users set state = 'suspended' where username = 'finn3';
        update users set state = 'deleted' where username = 'finn4'",
    )
    .await;
    assert_eq!(
        found(&test, Some(&ada), "finn", 20).await.concat(),
        ["finn5"]
    );
    let others = ["finn", "finn5", "finn2", "finn1"];
    for viewer in [Some(&eve), None] {
        assert_eq!(found(&test, viewer, "finn", 2).await.concat(), others);
    }
}

#[tokio::test]
async fn no_page_is_empty_because_everybody_on_it_is_hidden() {
    let test = TestApp::start().await;
    crowd(&test).await;
    let ada = test.person("ada").await;
    // The newest 200 of many matches, the newest 10 of the few, and the exact one.
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select hidden.id, ada.id from users hidden, users ada
        where ada.username = 'ada' and hidden.id between 11801 and 12000 and hidden.id % 2 = 0;
        insert into mutes (muter_id, muted_id)
        select ada.id, hidden.id from users hidden, users ada
        where ada.username = 'ada' and hidden.id between 11801 and 12000 and hidden.id % 2 = 1;
        insert into blocks (blocker_id, blocked_id)
        select ada.id, hidden.id from users hidden, users ada
        where ada.username = 'ada' and hidden.id in (
            3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000
        )",
    )
    .await;
    for (q, limit, first) in [
        ("common", 100, "u11800"),
        ("seldom", 3, "u2000"),
        ("u12000", 1, ""),
        ("u1200", 1, "u1200"),
    ] {
        let pages = found(&test, Some(&ada), q, limit).await;
        let shown = pages[0].first().map_or("", String::as_str);
        assert_eq!(shown, first, "{q}");
        let is_full = |page: &Vec<String>| page.len() == limit;
        let (last, full) = pages.split_last().unwrap();
        assert!(full.iter().all(is_full), "{q}: {pages:?}");
        assert_eq!(last.is_empty(), first.is_empty(), "{q}");
    }
}

/// 12,000 users: all are called Common and `u…`, every 1,000th is also called Seldom.
async fn crowd(test: &TestApp) {
    test.run(
        "insert into users (username, email, password_hash, created_at)
        select 'u' || n, n || '@example.org', '', timestamptz '2025-01-01' + n * interval '1 hour'
        from generate_series(1, 12000) n;
        insert into profiles (user_id, first_name, last_name)
        select id, 'Common', case when id % 1000 = 0 then 'Seldom' else 'Example' end from users;
        analyze users; analyze profiles",
    )
    .await;
}

#[tokio::test]
async fn what_many_are_called_comes_in_bounded_pages_that_miss_nobody() {
    let test = TestApp::start().await;
    crowd(&test).await;
    let page = search_users(&test.app, None, &text("common"), &query(20, None))
        .await
        .unwrap();
    assert_eq!(page.items.len(), 20);
    assert_eq!(page.items[0].username, "u12000");
    assert!(page.next_cursor.is_some());
    let all = found(&test, None, "seldom", 5).await;
    assert_eq!(all.len(), 3, "few are read at once");
    let newest_first: Vec<_> = (1..=12).rev().map(|n| format!("u{n}000")).collect();
    assert_eq!(all.concat(), newest_first);
    let all = found(&test, None, "u1", 100).await.concat();
    let called_so = (1..=12000)
        .filter(|n| n.to_string().starts_with('1'))
        .count();
    assert_eq!(all.len(), called_so, "through short pages to the end");
    assert_eq!(
        (&*all[0], &*all[1]),
        ("u1", "u12000"),
        "the exact one first"
    );
}

#[tokio::test]
async fn neither_what_many_nor_what_few_are_called_costs_a_read_of_everyone() {
    let test = TestApp::start().await;
    crowd(&test).await;
    // Two calls, because one would run both statements in one transaction, which VACUUM forbids.
    for table in ["vacuum users", "vacuum profiles"] {
        test.run(table).await;
    }
    for q in [
        "common", "seldom", "zanzibar", "u1", "u", "omm", "xyz", "...", "mon sel",
    ] {
        let search = UserSearch::of(None, q);
        let page = PageRequest {
            limit: 20,
            start: PageKey::NEWEST,
            end: PageKey::OLDEST,
        };
        let mut tx = test.database.pool.begin().await.unwrap();
        let before = rows_read(&mut tx).await;
        store::plan_each_time(&mut tx).await.unwrap();
        list_matches(&mut tx, &search, page).await.unwrap();
        let read = rows_read(&mut tx).await - before;
        assert!(read < 6_000, "{q}: {read} rows");
        tx.commit().await.unwrap();
    }
}

/// Rows of users and profiles that this connection has read and not yet reported.
async fn rows_read(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables where relname in ('users', 'profiles')",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}
