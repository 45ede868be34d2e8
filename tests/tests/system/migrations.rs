//! Migrations under running programs (expand, then contract), and the way back.
//!
//! `migrations/queries-at-NNNN.sql` holds what the binaries of that schema version ask: the queries
//! of `.sqlx/` at the time, made by `scripts/sqlx-prepare --snapshot` before the first migration of
//! the next release is written.

use std::collections::BTreeMap;
use std::{fs, path::Path};

use shared::db::{MIGRATOR, Pool};
use shared::ids::MediaId;
use shared::testing::{TestDatabase, insert_media, insert_post, insert_user};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _};

/// The schema version of the release before.
const BEFORE: i64 = 6;

/// Proves that a binary of the release before goes on working while the new one is rolled out.
#[tokio::test]
async fn what_the_release_before_asks_still_prepares() {
    let database = TestDatabase::create().await;
    let file = format!("tests/system/migrations/queries-at-{BEFORE:04}.sql");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let queries: Vec<&str> = text
        .split("\n;\n")
        .map(str::trim)
        .filter(|sql| !sql.is_empty())
        .collect();
    assert!(queries.len() > 50, "only {} queries", queries.len());
    let mut connection = database.pool.acquire().await.unwrap();
    for sql in queries {
        let prepared = connection.prepare(AssertSqlSafe(sql).into_sql_str()).await;
        assert!(prepared.is_ok(), "{sql}\n{}", prepared.err().unwrap());
    }
}

/// Proves that rows which the release before inserts lack nothing.
#[tokio::test]
async fn no_column_that_an_old_insert_would_have_to_name_is_new() {
    let database = TestDatabase::create().await;
    let now = needed_columns(&database.pool).await;
    go_to(&database.pool, BEFORE).await;
    let before = needed_columns(&database.pool).await;
    for (table, columns) in before {
        assert_eq!(now[&table], columns, "{table} needs more than it did");
    }
}

/// Proves that an update can be taken back, and what people wrote before it is still there.
#[tokio::test]
async fn down_and_up_again_keeps_what_was_there_before() {
    let database = TestDatabase::create().await;
    let pool = &database.pool;
    let author = insert_user(pool, "ada").await;
    let post = insert_post(pool, author, "kept").await;
    insert_media(pool, author, MediaId::generate(), Some(post)).await;
    fill_new_tables(pool).await;
    let before = old_rows(pool).await;
    go_to(pool, BEFORE).await;
    assert_eq!(old_rows(pool).await, before);
    go_to(pool, i64::MAX).await;
    assert_eq!(old_rows(pool).await, before);
    go_to(pool, 0).await;
    assert_eq!(
        needed_columns(pool).await.into_keys().collect::<Vec<_>>(),
        ["_sqlx_migrations"]
    );
    go_to(pool, i64::MAX).await;
}

/// Undoes what is above `version` and does what is not above it.
async fn go_to(pool: &Pool, version: i64) {
    // A connection of its own: statements that others have prepared do not outlive their tables.
    let connection = &mut PgConnection::connect_with(pool.options()).await.unwrap();
    MIGRATOR.undo(&mut *connection, version).await.unwrap();
    if version > BEFORE {
        MIGRATOR.run(connection).await.unwrap();
    }
}

/// Of each table, the columns that an insert must name.
async fn needed_columns(pool: &Pool) -> BTreeMap<String, Vec<String>> {
    let rows: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select
            table_name::text,
            coalesce(
                array_agg(column_name::text order by column_name) filter (
                    where is_nullable = 'NO' and column_default is null and is_identity = 'NO'
                ),
                '{}'
            )
        from information_schema.columns
        where table_schema = 'public'
        group by table_name",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    rows.into_iter().collect()
}

/// How many rows there are in tables that the release before knew.
async fn old_rows(pool: &Pool) -> Vec<(String, i64)> {
    let mut counts = Vec::new();
    for table in [
        "users",
        "profiles",
        "sessions",
        "posts",
        "uploads",
        "media",
        "post_media",
        "jobs",
    ] {
        let sql = format!("select count(*) from {table}");
        let count = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await;
        counts.push((table.to_owned(), count.unwrap()));
    }
    counts
}

/// A row in each of the new tables that refer to old ones.
async fn fill_new_tables(pool: &Pool) {
    insert_user(pool, "grace").await;
    sqlx::raw_sql(
        "insert into follows (follower_id, followee_id)
            select a.id, b.id from users a, users b where a.id <> b.id;
        insert into blocks (blocker_id, blocked_id)
            select a.id, b.id from users a, users b where a.id <> b.id;
        insert into mutes (muter_id, muted_id)
            select a.id, b.id from users a, users b where a.id <> b.id;
        insert into follow_requests (requester_id, target_id)
            select a.id, b.id from users a, users b where a.id <> b.id;
        insert into comments (post_id, author_id, text)
            select posts.id, users.id, 'said' from posts, users;
        insert into post_likes (post_id, user_id) select posts.id, users.id from posts, users;
        insert into comment_likes (comment_id, user_id)
            select comments.id, users.id from comments, users;
        update profiles set avatar_id = (select id from media), avatar_file = 'small.jpg'
            where first_name = 'Ada';",
    )
    .execute(pool)
    .await
    .unwrap();
}
