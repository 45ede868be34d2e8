//! What a page of posts costs, in statements and in rows touched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use shared::ids::UserId;
use sqlx::PgConnection;
use tracing_subscriber::layer::{Context, SubscriberExt};

use super::media;
use crate::http::{PageKey, PageRequest};
use crate::posts::store;
use crate::testing::TestApp;

const PAGE: PageRequest = PageRequest {
    limit: 20,
    after: PageKey::START,
};

/// Counts the statements that sqlx logs.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

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
    let statements = Statements::default();
    let subscriber = tracing_subscriber::registry().with(statements.clone());
    // The whole server runs on this test's thread.
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut counted = Vec::new();
    for limit in [1, 12] {
        statements.0.store(0, Ordering::Relaxed);
        let page = test
            .anon()
            .get(&format!("/feeds/public?limit={limit}"))
            .await
            .json();
        assert_eq!(page["items"].as_array().unwrap().len(), limit);
        assert_eq!(page["items"][0]["media"].as_array().unwrap().len(), 2);
        counted.push(statements.0.load(Ordering::Relaxed));
    }
    assert_eq!(counted[0], counted[1], "one post or twelve");
    assert!((1..=5).contains(&counted[0]), "{counted:?}");
}

/// Rows of `posts` that this transaction has looked at so far.
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
        ("public", ada),
    ] {
        let mut tx = test.database.pool.begin().await.unwrap();
        let rows = match list {
            "own" => store::list_own_keys(&mut tx, author, PAGE).await,
            "shared of" => store::list_shared_keys_of(&mut tx, author, PAGE).await,
            "public of" => store::list_public_keys_of(&mut tx, author, PAGE).await,
            _ => store::list_public_keys(&mut tx, PAGE).await,
        };
        assert_eq!(rows.unwrap().len(), 21, "{list} {author}");
        let touched = rows_touched(&mut tx).await;
        assert!(touched <= 42, "{list} {author}: {touched} rows");
    }
}
