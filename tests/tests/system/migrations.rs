//! Migrations under running programs (expand, then contract), up and down.
//!
//! `migrations/queries-at-NNNN.sql` contains the queries of binaries whose newest migration is
//! NNNN. `scripts/sqlx-prepare` writes the file of the newest migration together with `.sqlx/`, so
//! those of older migrations keep their last state.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

use serde_json::Value;
use shared::db::{MIGRATOR, Pool};
use shared::testing::TestDatabase;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _};
use system_tests::harness::DEADLINE;
use tokio::{process::Command, time::timeout};

/// The first version whose queries are recorded.
const FIRST: i64 = 14;

/// The columns of each table.
type Columns = BTreeMap<String, Vec<String>>;

/// Proves that the queries of binaries before a migration are always recorded.
#[test]
fn what_is_asked_today_and_what_was_before_the_newest_migration_is_noted() {
    let newest = MIGRATOR.iter().map(|migration| migration.version).max();
    let (newest, noted) = (newest.unwrap(), noted_queries());
    assert!(noted.contains_key(&newest), "`make sqlx` was not called");
    // One change may have several migrations: then there are no binaries between them.
    let older = noted.range(FIRST..newest).next_back();
    assert!(older.is_some(), "the queries before {newest} go too early");
    let today = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.sqlx");
    let queries = fs::read_dir(today).unwrap().map(|entry| {
        let text = fs::read(entry.unwrap().path()).unwrap();
        let told: Value = serde_json::from_slice(&text).unwrap();
        told["query"].as_str().unwrap().to_owned()
    });
    let words = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let today: BTreeSet<_> = queries.map(|sql| words(&sql)).collect();
    let noted: BTreeSet<_> = noted[&newest].iter().map(|sql| words(sql)).collect();
    let differing: Vec<_> = today.symmetric_difference(&noted).collect();
    assert!(differing.is_empty(), "call `make sqlx`: {differing:#?}");
}

/// Proves that older binaries keep working while newer ones are rolled out.
#[tokio::test]
async fn what_binaries_of_an_older_schema_ask_still_prepares() {
    let database = TestDatabase::create().await;
    let mut connection = database.pool.acquire().await.unwrap();
    for (version, queries) in noted_queries() {
        assert!(queries.len() > 50, "only {} queries", queries.len());
        for sql in queries {
            let sql = AssertSqlSafe(sql).into_sql_str();
            let prepared = connection.prepare(sql.clone()).await;
            let fault = prepared.err();
            assert!(fault.is_none(), "{version}: {}\n{fault:?}", sql.as_str());
        }
    }
}

/// Proves that rows inserted by those binaries are complete.
#[tokio::test]
async fn no_column_that_an_old_insert_would_have_to_name_is_new() {
    let database = TestDatabase::create().await;
    let now = needed_columns(&database.pool).await;
    for version in noted_queries().into_keys().rev() {
        undo_to(&database.pool, version).await;
        for (table, columns) in needed_columns(&database.pool).await {
            assert_eq!(now[&table], columns, "{table} needs more than at {version}");
        }
    }
}

/// Proves that an update can be undone without losing what users wrote before it.
#[tokio::test]
async fn down_and_up_again_keeps_what_was_there_before() {
    let newest = MIGRATOR.iter().map(|migration| migration.version).max();
    for version in noted_queries().into_keys() {
        if Some(version) == newest {
            continue;
        }
        let database = TestDatabase::create().await;
        let pool = &database.pool;
        undo_to(pool, version).await;
        let columns = all_columns(pool).await;
        seed(&database).await;
        let before = rows(pool, &columns).await;
        for (table, (count, _)) in &before {
            assert!(*count > 0, "{table} is empty, which proves nothing");
        }
        undo_to(pool, version).await;
        assert_eq!(rows(pool, &columns).await, before, "down to {version}");
        redo(pool).await;
        assert_eq!(rows(pool, &columns).await, before, "and up again");
    }
}

#[tokio::test]
async fn down_to_nothing_leaves_nothing_and_up_again_works() {
    let database = TestDatabase::create().await;
    undo_to(&database.pool, 0).await;
    let left = all_columns(&database.pool).await;
    assert!(left.is_empty(), "{left:?}");
    redo(&database.pool).await;
}

/// The queries of each recorded version.
fn noted_queries() -> BTreeMap<i64, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/system/migrations");
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let version = name.strip_prefix("queries-at-").unwrap();
        let version = version.strip_suffix(".sql").unwrap().parse().unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let queries = text.split("\n;\n").map(str::trim);
        let queries = queries.filter(|sql| !sql.is_empty()).map(str::to_owned);
        (version, queries.collect())
    });
    files.collect()
}

async fn undo_to(pool: &Pool, version: i64) {
    MIGRATOR
        .undo(&mut connect(pool).await, version)
        .await
        .unwrap();
}

async fn redo(pool: &Pool) {
    MIGRATOR.run(&mut connect(pool).await).await.unwrap();
}

/// A separate connection: prepared statements of others do not survive their tables.
async fn connect(pool: &Pool) -> PgConnection {
    PgConnection::connect_with(pool.options()).await.unwrap()
}

/// For each table, the columns that an insert must set.
async fn needed_columns(pool: &Pool) -> Columns {
    columns(
        pool,
        "is_nullable = 'NO' and column_default is null and is_identity = 'NO'",
    )
    .await
}

async fn all_columns(pool: &Pool) -> Columns {
    columns(pool, "true").await
}

async fn columns(pool: &Pool, which: &str) -> Columns {
    let sql = format!(
        "select
            table_name::text,
            coalesce(
                array_agg(column_name::text order by column_name) filter (where {which}),
                '{{}}'
            )
        from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public'
            and table_type = 'BASE TABLE'
            and table_name <> '_sqlx_migrations'
        group by table_name"
    );
    let rows: Vec<(String, Vec<String>)> = sqlx::query_as(AssertSqlSafe(sql))
        .fetch_all(&mut connect(pool).await)
        .await
        .unwrap();
    rows.into_iter().collect()
}

/// For each of these tables, the number of rows and a digest of these columns.
async fn rows(pool: &Pool, columns: &Columns) -> BTreeMap<String, (i64, String)> {
    let mut found = BTreeMap::new();
    let mut connection = connect(pool).await;
    for (table, columns) in columns {
        let sql = format!(
            r#"select count(*), md5(coalesce(string_agg(row, ' ' order by row), ''))
            from (select to_jsonb(old)::text as row from (select "{}" from {table}) old) rows"#,
            columns.join("\", \"")
        );
        let row = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut connection);
        found.insert(table.clone(), row.await.unwrap());
    }
    found
}

/// Fills a database with the data of `scripts/seed-data`, and the tables that it leaves empty.
async fn seed(database: &TestDatabase) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/seed-data");
    let (_, name) = database.url.rsplit_once('/').unwrap();
    let mut command = Command::new(script);
    command.args(["--posts", "1000", "--users", "300", "--clone", name]);
    let seeding = timeout(DEADLINE, command.kill_on_drop(true).output());
    let ended = seeding.await.expect("it ends").unwrap();
    let complaints = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{complaints}");
    sqlx::raw_sql(
        "insert into sessions (id, user_id, seed, expires_at)
            select gen_random_uuid(), id, sha256('seed'), now() + interval '30 days' from users;
        insert into signing_keys (kid, public_key, sealed_private_key, state, signs_from)
            values ('key', sha256('public'), 'sealed', 'active', now());
        insert into nodes (id, name) values (gen_random_uuid(), 'one');
        insert into upload_extents (upload_id, position, key, epoch)
            select id, 0, 'part', 1 from uploads;
        insert into jobs (id, kind, unique_key, media_id)
            select gen_random_uuid(), 'transcode', id::text, id from media;
        insert into events (topics, event, data) values ('{topic}', 'said', '{}');
        insert into follow_requests (requester_id, target_id)
            select a.id, b.id from users a, users b where a.id < b.id and b.id < 9;
        insert into blocks (blocker_id, blocked_id) values (1, 2) on conflict do nothing;
        insert into mutes (muter_id, muted_id) values (1, 3) on conflict do nothing;
        insert into comment_likes (comment_id, user_id)
            select min(id), 1 from comments on conflict do nothing;
        insert into sign_in_attempts (target_hash, network, has_succeeded)
            values (sha256('ada'), '192.0.2.1', true);
        insert into audit_log (actor_id, action, subject_kind, subject_id)
            values (1, 'post.deleted', 'post', '1');
        insert into idempotency_keys (user_id, route, key, body_sha256, status, resource_id)
            values (1, 'create_post', 'key', sha256('body'), 201, '1');
        update profiles
            set avatar_id = (select id from media order by id limit 1), avatar_file = 'small.jpg'
            where user_id = 1;",
    )
    .execute(&mut connect(&database.pool).await)
    .await
    .unwrap();
}
