//! One database per test. The template is migrated once per state of the migrations, on the server
//! of `PAWL_TEST_DATABASE_URL`; a clone takes about 50 ms.

use std::{fmt::Write, str::FromStr, sync::Arc, time::Duration};

use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::db::{self, MIGRATOR, Pool};

/// A database that lives as long as this value.
pub struct TestDatabase {
    /// A pool on it.
    pub pool: Pool,
    /// Its URL.
    pub url: String,
    /// `None`: it is dropped together with its server.
    pub(super) _database: Option<Arc<Dropped>>,
}

/// The name of a database that is dropped with this value.
pub(super) struct Dropped(pub(super) String);

/// The server's URL, to which a database's name is appended.
pub(super) fn server() -> String {
    let url = std::env::var("PAWL_TEST_DATABASE_URL")
        .expect("PAWL_TEST_DATABASE_URL names a Postgres for tests; `make test` starts one");
    url.trim_end_matches('/').to_owned()
}

impl TestDatabase {
    /// A fresh database with the current schema.
    ///
    /// # Panics
    /// Without `PAWL_TEST_DATABASE_URL`, or if that server refuses.
    pub async fn create() -> Self {
        let database = Self::create_on(&server()).await;
        let name = database.url.rsplit('/').next().map(str::to_owned);
        Self {
            _database: name.map(|name| Arc::new(Dropped(name))),
            ..database
        }
    }

    /// A fresh database that reports its plans to [`super::Statements`].
    ///
    /// # Panics
    /// Like [`TestDatabase::create`].
    pub async fn with_plans() -> Self {
        let database = Self::create().await;
        let mut admin = connect(&server(), "postgres").await;
        if let Some(name) = database.url.rsplit('/').next() {
            report_plans(&mut admin, name).await;
        }
        database
    }

    /// The same as `create` on the caller's own server, with which the database is dropped.
    ///
    /// # Panics
    /// If that server refuses.
    pub async fn create_on(server: &str) -> Self {
        let mut admin = connect(server, "postgres").await;
        let template = ensure_template(server, &mut admin).await;
        let name = format!("pawl_test_{}", Uuid::new_v4().simple());
        run(
            &mut admin,
            &format!("create database {name} template {template}"),
        )
        .await;
        let url = format!("{server}/{name}");
        let settings = db::Settings {
            max_connections: 4,
            ..patient_settings(&url)
        };
        let pool = Pool::new(&settings, "pawl-test").expect("the URL was used just now");
        Self {
            pool,
            url,
            _database: None,
        }
    }
}

/// Lets new connections to `database` report the plans of their statements.
pub(super) async fn report_plans(admin: &mut PgConnection, database: &str) {
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_level", "notice"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
        ("auto_explain.log_timing", "off"),
    ] {
        run(
            admin,
            &format!("alter database {database} set {setting} = '{value}'"),
        )
        .await;
    }
}

impl Drop for Dropped {
    /// Drops the database on a new thread without waiting for it. Postgres waits for every backend
    /// in turn, even for one in the middle of an authentication that only this test's runtime could
    /// complete.
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.0);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut admin = connect(&server(), "postgres").await;
                run(
                    &mut admin,
                    &format!("drop database if exists {name} with (force)"),
                )
                .await;
            });
            Ok::<_, std::io::Error>(())
        });
    }
}

pub(super) async fn connect(server: &str, database: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(&format!("{server}/{database}"))
        .expect("PAWL_TEST_DATABASE_URL is postgres://user@host:port");
    PgConnection::connect_with(&options)
        .await
        .expect("the Postgres for tests answers")
}

pub(super) async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .expect(sql);
}

/// `pawl_template_` and the first bytes of a digest over all migrations.
fn template_name() -> String {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    MIGRATOR
        .iter()
        .for_each(|migration| digest.update(&migration.checksum));
    digest
        .finish()
        .as_ref()
        .iter()
        .take(8)
        .fold("pawl_template_".to_owned(), |mut name, byte| {
            write!(name, "{byte:02x}").expect("writing to a String does not fail");
            name
        })
}

/// The name of the migrated template, created by the first test that needs it.
async fn ensure_template(server: &str, admin: &mut PgConnection) -> String {
    let name = template_name();
    // Any number, as long as all tests on a server use the same.
    run(admin, "select pg_advisory_lock(1885435756)").await;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut *admin)
            .await
            .expect("pg_database is readable");
    if !exists {
        let draft = format!("{name}_draft");
        run(
            admin,
            &format!("drop database if exists {draft} with (force)"),
        )
        .await;
        run(admin, &format!("create database {draft}")).await;
        let mut connection = connect(server, &draft).await;
        MIGRATOR
            .run_direct(None, &mut connection, false)
            .await
            .expect("the migrations apply");
        connection.close().await.expect("the draft closes");
        run(admin, &format!("alter database {draft} rename to {name}")).await;
    }
    run(admin, "select pg_advisory_unlock(1885435756)").await;
    name
}

/// The defaults, but statements and transactions may take minutes: tests insert many rows at once,
/// on machines of any speed.
pub(super) fn patient_settings(url: &str) -> db::Settings {
    db::Settings {
        statement_timeout: Duration::from_mins(5),
        idle_in_transaction_timeout: Duration::from_mins(5),
        ..db::Settings::new(url)
    }
}
