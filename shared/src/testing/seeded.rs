//! A database with a million posts. `scripts/seed-data` creates it, once per state of the
//! migrations. Here it is only copied; the concurrent tests of a process share one copy.

use std::{
    fmt::Write,
    sync::{Arc, Weak},
};

use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::database::{
    Dropped, TestDatabase, connect, patient_settings, report_plans, run, server,
};
use crate::db::{self, MIGRATOR, Pool};

static SHARED: Mutex<Weak<Dropped>> = Mutex::const_new(Weak::new());

/// A copy of the seeded database. It reports its plans to [`super::Statements`].
pub struct SeededDatabase {
    /// A pool on it.
    pub pool: Pool,
    /// Its URL.
    pub url: String,
    /// Dropped with its last user.
    copy: Arc<Dropped>,
}

impl SeededDatabase {
    /// The shared copy, or a new one, which takes a few seconds. For tests that do not change its
    /// data.
    ///
    /// # Panics
    /// Without `PAWL_TEST_DATABASE_URL`, or if `scripts/seed-data` did not run on that server.
    pub async fn share() -> Self {
        let mut shared = SHARED.lock().await;
        let copy = if let Some(copy) = shared.upgrade() {
            copy
        } else {
            let copy = Arc::new(copy().await);
            *shared = Arc::downgrade(&copy);
            copy
        };
        Self::on(copy)
    }

    /// A copy for one test, which may change its data.
    ///
    /// # Panics
    /// Like [`SeededDatabase::share`].
    pub async fn create() -> Self {
        Self::on(Arc::new(copy().await))
    }

    fn on(copy: Arc<Dropped>) -> Self {
        let url = format!("{}/{}", server(), copy.0);
        let settings = db::Settings {
            max_connections: 2,
            ..patient_settings(&url)
        };
        let pool = Pool::new(&settings, "pawl-test").expect("the URL was used just now");
        Self { pool, url, copy }
    }
}

impl From<SeededDatabase> for TestDatabase {
    fn from(seeded: SeededDatabase) -> Self {
        Self {
            pool: seeded.pool,
            url: seeded.url,
            _database: Some(seeded.copy),
        }
    }
}

async fn copy() -> Dropped {
    let (template, name) = (
        template_name(),
        format!("pawl_seeded_{}", Uuid::new_v4().simple()),
    );
    let mut admin = connect(&server(), "postgres").await;
    drop_leftovers(&mut admin).await;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&template)
            .fetch_one(&mut admin)
            .await
            .expect("pg_database is readable");
    assert!(
        exists,
        "there is no database {template}: scripts/seed-data makes it"
    );
    run(
        &mut admin,
        &format!("create database {name} template {template} strategy file_copy"),
    )
    .await;
    let copy = Dropped(name.clone());
    report_plans(&mut admin, &name).await;
    copy
}

/// Drops copies of processes that ended without dropping them, a gigabyte each. Running tests have
/// used theirs for less than ten minutes, or are connected to it.
async fn drop_leftovers(admin: &mut PgConnection) {
    let left: Vec<String> = sqlx::query_scalar(
        r"select datname from pg_database
        where datname like 'pawl\_seeded\_%'
            and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification
                < now() - interval '10 minutes'
            and not exists (
                select from pg_stat_activity where pg_stat_activity.datname = pg_database.datname
            )",
    )
    .fetch_all(&mut *admin)
    .await
    .expect("pg_database is readable");
    for name in left {
        let sql = AssertSqlSafe(format!("drop database if exists {name}"));
        // Another process may be dropping the same copy.
        sqlx::raw_sql(sql).execute(&mut *admin).await.ok();
    }
}

/// `pawl_seed_` and the first bytes of a digest over all migrations, one after the other.
fn template_name() -> String {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .for_each(|migration| digest.update(migration.sql.as_str().as_bytes()));
    digest
        .finish()
        .as_ref()
        .iter()
        .take(8)
        .fold("pawl_seed_".to_owned(), |mut name, byte| {
            write!(name, "{byte:02x}").expect("writing to a String does not fail");
            name
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{migrate, require_schema};
    use crate::testing::Statements;

    #[tokio::test]
    async fn the_seeded_database_is_as_the_migrations_make_it_and_its_counters_are_exact() {
        let seeded = SeededDatabase::share().await;
        require_schema(&seeded.pool).await.unwrap();
        migrate(&seeded.pool).await.unwrap();
        let mut connection = seeded.pool.acquire().await.unwrap();
        let mut drift = 0;
        for counted in [
            "select id, likes_count from posts
            except select id, coalesce(count, 0) from posts left join (
                select post_id as id, count(*) from post_likes group by 1
            ) counts using (id)",
            "select id, comments_count from posts
            except select id, coalesce(count, 0) from posts left join (
                select post_id as id, count(*) from comments where deleted_at is null group by 1
            ) counts using (id)",
            "select user_id, followers_count from profiles
            except select user_id, coalesce(count, 0) from profiles left join (
                select followee_id as user_id, count(*) from follows group by 1
            ) counts using (user_id)",
            "select user_id, posts_count from profiles
            except select user_id, coalesce(count, 0) from profiles left join (
                select author_id as user_id, count(*) from posts
                where deleted_at is null and published_at is not null and visibility <> 'private'
                group by 1
            ) counts using (user_id)",
        ] {
            let sql = format!("set statement_timeout = 0; {counted}");
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *connection);
            drift += rows.await.unwrap().len();
        }
        assert_eq!(drift, 0);
    }

    #[tokio::test]
    async fn a_million_posts_by_a_hundred_thousand_people_of_whom_a_few_are_famous() {
        let seeded = SeededDatabase::share().await;
        let mut connection = seeded.pool.acquire().await.unwrap();
        for (sql, expected) in [
            ("select count(*) from posts", 1_000_000..=1_000_000),
            ("select count(*) from users", 100_000..=100_000),
            ("select count(*) from profiles", 100_000..=100_000),
            ("select count(distinct password_hash) from users", 1..=1),
            ("select count(*) from follows", 500_000..=5_000_000),
            // A long tail: the most followed user has hundreds of times the median, and the top one
            // percent have a large share of all follows.
            (
                "select percentile_disc(0.5) within group (order by followers_count) from profiles",
                1..=20,
            ),
            ("select max(followers_count) from profiles", 5_000..=100_000),
            (
                "select (100 * sum(followers_count) filter (where place <= 1000)
                    / sum(followers_count))::bigint
                from (
                    select followers_count, row_number() over (order by followers_count desc) place
                    from profiles
                ) famous",
                10..=60,
            ),
            ("select count(*) from post_likes", 1_000_000..=10_000_000),
            ("select count(*) from comments", 100_000..=5_000_000),
            (
                "select count(*) from media where state = 'ready'",
                20_000..=100_000,
            ),
        ] {
            let patient = format!("set statement_timeout = 0; {sql}");
            let row = sqlx::raw_sql(AssertSqlSafe(patient)).fetch_one(&mut *connection);
            let found: i64 = sqlx::Row::get(&row.await.unwrap(), 0);
            assert!(expected.contains(&found), "{found}: {sql}");
        }
    }

    #[tokio::test]
    async fn statements_are_told_with_the_buffers_that_they_touch() {
        let seeded = SeededDatabase::share().await;
        let watched = Statements::watch();
        let texts: Vec<String> =
            sqlx::query_scalar("select text from posts where id between $1 and 1000 order by id")
                .bind(1_i64)
                .fetch_all(&seeded.pool)
                .await
                .unwrap();
        let seen = watched.take();
        assert_eq!(texts.len(), 1000);
        assert_eq!(seen.statements.len(), 1, "{seen:?}");
        assert!(
            seen.statements[0].contains("between $1 and 1000"),
            "{seen:?}"
        );
        assert!((10..200).contains(&seen.buffers()), "{seen:?}");
        assert_eq!(watched.take().statements, Vec::<String>::new());
    }
}
