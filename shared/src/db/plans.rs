//! No statement reads a growing table as a whole, whatever its parameters are. A connection may
//! keep a statement's plan, so the plan without parameters is examined, on a million posts.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test's own steps must work"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::{
    jobs::IN_ORDER,
    testing::{SeededDatabase, TestDatabase, whole_reads},
};

/// Parts of the statements that run in a transaction after `jobs::claim::read_in_order`.
const READ_IN_ORDER: [&str; 2] = ["with recursive lines", "attempts_exhausted"];

/// Parts of the statements that may read whole tables, or indexes, and the reasons.
const EXCEPTIONS: [(&str, &str); 3] = [
    (
        "of_profiles as (",
        "`api-server check counters` counts everything",
    ),
    (
        "counted as (\n            select count(*) as matches from found",
        "planned for its parameters each time: api-server's tests of costs examine it",
    ),
    ("role = 'admin'", "the index of the few admins"),
];

/// The checked statements of all programs, with the numbers of their parameters. Statements that
/// have no plan are left out.
fn statements() -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.sqlx");
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let told: Value =
            serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let parameters = told["describe"]["parameters"]["Left"]
            .as_array()
            .map(Vec::len);
        let sql = told["query"].as_str().unwrap().trim().to_owned();
        (sql, parameters.unwrap())
    });
    let has_plan = |sql: &str| !sql.starts_with("set ") && !sql.starts_with("explain ");
    files.filter(|(sql, _)| has_plan(sql)).collect()
}

async fn run(connection: &mut PgConnection, sql: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    done.unwrap();
}

/// The plan that a connection keeps.
async fn kept_plan(connection: &mut PgConnection, sql: &str, parameters: usize) -> Value {
    let is_in_order = READ_IN_ORDER.iter().any(|part| sql.contains(part));
    let settings = if is_in_order { IN_ORDER } else { "" };
    let prepare = format!(
        "begin; set local plan_cache_mode = force_generic_plan; {settings};
        prepare examined as {sql}"
    );
    run(connection, prepare).await;
    let nulls = vec!["null"; parameters].join(", ");
    let list = if parameters == 0 {
        nulls
    } else {
        format!("({nulls})")
    };
    let explain = AssertSqlSafe(format!("explain (format json) execute examined{list}"));
    let plans = sqlx::raw_sql(explain).fetch_one(&mut *connection).await;
    let plans: Value = sqlx::Row::get(&plans.unwrap(), 0);
    run(connection, "rollback; deallocate examined".to_owned()).await;
    plans[0]["Plan"].clone()
}

#[tokio::test]
async fn no_statement_reads_a_growing_table_as_a_whole() {
    let seeded = SeededDatabase::share().await;
    let mut connection = seeded.pool.acquire().await.unwrap();
    let (mut faults, mut excused) = (Vec::new(), BTreeSet::new());
    let statements = statements();
    assert!(statements.len() > 150, "only {}", statements.len());
    for (sql, parameters) in statements {
        let reads = whole_reads(&kept_plan(&mut connection, &sql, parameters).await);
        let exception = EXCEPTIONS.iter().find(|(part, _)| sql.contains(part));
        match exception {
            _ if reads.is_empty() => {}
            Some((part, _)) => _ = excused.insert(*part),
            None => faults.push(format!("{reads:?}: {sql}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let needless: Vec<_> = EXCEPTIONS
        .iter()
        .filter(|(part, _)| !excused.contains(part))
        .collect();
    assert!(needless.is_empty(), "these need no exception: {needless:?}");
}

/// A foreign key: its name, its table, the table that it references, whether a deletion cascades,
/// and whether an index finds the referencing rows.
type ForeignKey = (String, String, String, bool, bool);

/// An index counts that begins with the column that references the primary key.
async fn foreign_keys(connection: &mut PgConnection) -> Vec<ForeignKey> {
    let keys = sqlx::query_as(
        "select conname::text, conrelid::regclass::text, confrelid::regclass::text,
            confdeltype = 'c', exists (
                select
                from pg_index as named
                join pg_index as found on found.indrelid = conrelid and found.indisvalid
                join pg_attribute on attrelid = conrelid and attnum = found.indkey[0]
                where named.indrelid = confrelid
                    and named.indisprimary
                    and attnum = conkey[array_position(confkey, named.indkey[0])]
                    and (
                        found.indpred is null
                        or pg_get_expr(found.indpred, conrelid) = format('(%I IS NOT NULL)', attname)
                    )
            )
        from pg_constraint
        where contype = 'f'
            and connamespace = 'public'::regnamespace",
    );
    keys.fetch_all(connection).await.unwrap()
}

/// The tables from which statements delete rows, directly or by cascades.
fn tables_with_deletions(keys: &[ForeignKey]) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for (sql, _) in statements() {
        let deletions = sql.split("delete from ").skip(1);
        let names = deletions.filter_map(|rest| rest.split_whitespace().next());
        tables.extend(names.map(str::to_owned));
    }
    let mut parents: Vec<String> = tables.iter().cloned().collect();
    let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, table, parent, is_cascade, _) in keys {
        if *is_cascade {
            children.entry(parent).or_default().push(table);
        }
    }
    while let Some(parent) = parents.pop() {
        for child in children.get(parent.as_str()).into_iter().flatten() {
            if tables.insert((*child).to_owned()) {
                parents.push((*child).to_owned());
            }
        }
    }
    tables
}

#[tokio::test]
async fn an_index_finds_the_rows_that_reference_a_deleted_row() {
    let database = TestDatabase::create().await;
    let keys = foreign_keys(&mut database.pool.acquire().await.unwrap()).await;
    let deleted = tables_with_deletions(&keys);
    for table in [
        "comments",
        "jobs",
        "media",
        "posts",
        "renditions",
        "uploads",
    ] {
        assert!(deleted.contains(table), "{deleted:?}");
    }
    let slow: Vec<_> = keys
        .iter()
        .filter(|(_, _, parent, _, has_index)| deleted.contains(parent) && !has_index)
        .collect();
    assert!(slow.is_empty(), "deletions read whole tables: {slow:?}");
}
