//! The cost of a page of posts, in SQL statements and rows read.

use serde_json::json;
use shared::ids::UserId;
use shared::testing::Statements;
use sqlx::PgConnection;

use super::media;
use crate::http::{PageKey, PageRequest};
use crate::posts::store;
use crate::testing::TestApp;

const PAGE: PageRequest = PageRequest {
    limit: 20,
    start: PageKey::NEWEST,
    end: PageKey::OLDEST,
};

#[tokio::test]
async fn a_page_costs_the_same_few_statements_whatever_its_length() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for number in 0..12 {
        let ids = [media(&test, &ada).await, media(&test, &ada).await];
        let media = ids.map(|id| json!({"upload_id": id}));
        ada.write_post(json!({"text": number.to_string(), "media": media}))
            .await;
    }
    let watched = Statements::watch();
    let mut counted = Vec::new();
    for limit in [1, 12] {
        let _ = watched.take();
        let page = test
            .anon()
            .get(&format!("/feeds/public?limit={limit}"))
            .await
            .json();
        assert_eq!(page["items"].as_array().unwrap().len(), limit);
        assert_eq!(page["items"][0]["media"].as_array().unwrap().len(), 2);
        counted.push(watched.take().statements.len());
    }
    assert_eq!(counted[0], counted[1], "one post or twelve");
    assert!((1..=5).contains(&counted[0]), "{counted:?}");
}

/// Rows of `posts` that this transaction has read so far.
async fn rows_touched(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
        from pg_stat_xact_user_tables where relname = 'posts'",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_page_touches_few_rows_even_where_few_of_many_may_be_seen() {
    let test = TestApp::start().await;
    test.person("ada").await;
    test.person("bob").await;
    test.run(
        "insert into posts (author_id, text, visibility, published_at)
        select 1, n, case when n < 25 then 'public' else 'private' end,
            '2026-01-01'::timestamptz + n * interval '1 second'
        from generate_series(1, 20000) n;
        insert into posts (author_id, text, published_at)
        select 2, n, '2025-01-01'::timestamptz + n * interval '1 second'
        from generate_series(1, 20000) n;
        analyze",
    )
    .await;
    let (ada, bob) = (UserId(1), UserId(2));
    for (list, author) in [
        ("own", ada),
        ("shared of", bob),
        ("public of", ada),
        ("public of", bob),
    ] {
        let mut tx = test.database.pool.begin().await.unwrap();
        let rows = match list {
            "own" => store::list_own_keys(&mut tx, author, PAGE).await,
            "shared of" => store::list_shared_keys_of(&mut tx, author, PAGE).await,
            _ => store::list_public_keys_of(&mut tx, author, PAGE).await,
        };
        assert_eq!(rows.unwrap().len(), 21, "{list} {author}");
        let touched = rows_touched(&mut tx).await;
        assert!(touched <= 42, "{list} {author}: {touched} rows");
    }
}
