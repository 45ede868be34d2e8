//! The embedded migrations, and the check of the schema that every binary makes before it serves.

use std::{io, time::Duration};

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection,
    migrate::{MigrateError, Migrator},
};

use super::{Pool, is_unavailable};

/// How long Postgres may take to start.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long another process may migrate.
const LONGEST_MIGRATION: Duration = Duration::from_hours(1);
/// The pause between attempts to connect, or to get the lock.
const SPACING: Duration = Duration::from_millis(250);

/// The folder `migrations/` at the time of the build.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// Why a binary cannot work with this database.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The schema lacks migrations that this binary needs.
    #[error(
        "the schema of the database (DATABASE_URL) has version {found}, but {needed} is required: \
         run the subcommand `migrate`"
    )]
    Older {
        /// The newest applied version; 0 for an empty database.
        found: i64,
        /// The newest version that this binary contains.
        needed: i64,
    },
    /// Postgres is unavailable, refuses the connection, or lacks the database.
    #[error("the database cannot be used (DATABASE_URL)")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the schema of the database (DATABASE_URL) could not be migrated")]
    Migrate(#[from] MigrateError),
}

/// Migrates the schema to this binary's version. Safe to call from several processes: they take
/// turns.
pub async fn migrate(pool: &Pool) -> Result<(), SchemaError> {
    let mut connection = connect(pool).await?;
    await_turn(&mut connection).await?;
    // Building an index may take minutes. It blocks nobody, and the limits for locks stay.
    connection.execute("set statement_timeout = 0").await?;
    drop_unfinished_indexes(&mut connection).await?;
    MIGRATOR.run(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Refuses a schema older than this binary's. A newer schema is accepted, because migrations keep
/// the previous release working.
pub async fn require_schema(pool: &Pool) -> Result<(), SchemaError> {
    let needed = MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let mut connection = connect(pool).await?;
    // Not a checked query: the table belongs to sqlx, and an empty database does not have it.
    let found: Result<Option<i64>, sqlx::Error> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
            .fetch_one(&mut connection)
            .await;
    connection.close().await?;
    let found = match found {
        Ok(version) => version.unwrap_or(0),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => 0,
        Err(error) => return Err(error.into()),
    };
    if found < needed {
        Err(SchemaError::Older { found, needed })
    } else {
        Ok(())
    }
}

/// Waits for other processes that migrate. It polls, because a statement that waits for the lock
/// holds a snapshot, and `create index concurrently` in the other process would wait for that.
async fn await_turn(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let turn = async {
        // Any number, as long as all binaries use the same.
        while !sqlx::query_scalar("select pg_try_advisory_lock(7877301)")
            .fetch_one(&mut *connection)
            .await?
        {
            tokio::time::sleep(SPACING).await;
        }
        Ok(())
    };
    let waited = tokio::time::timeout(LONGEST_MIGRATION, turn).await;
    waited.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// A `create index concurrently` or `reindex concurrently` that was interrupted leaves an index
/// that is not valid. It costs writes, and repeating the former would fail because of it.
async fn drop_unfinished_indexes(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let unfinished: Vec<String> = sqlx::query_scalar(
        "select indexrelid::regclass::text
        from pg_index
        join pg_class on pg_class.oid = indexrelid
        where not indisvalid
            and relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&mut *connection)
    .await?;
    for index in unfinished {
        let drop = format!("drop index concurrently if exists {index}");
        connection.execute(AssertSqlSafe(drop)).await?;
    }
    Ok(())
}

/// A connection outside the pool. The pool reports every failure as a timeout; this reports the
/// cause at once, unless Postgres is starting up.
async fn connect(pool: &Pool) -> Result<PgConnection, sqlx::Error> {
    let options = pool.options();
    let mut reason = sqlx::Error::Io(io::Error::new(
        io::ErrorKind::TimedOut,
        format!("no answer within {} s", TIMEOUT.as_secs()),
    ));
    let connecting = async {
        loop {
            match PgConnection::connect_with(options).await {
                Err(error) if is_unavailable(&error) => reason = error,
                connected => return connected,
            }
            tokio::time::sleep(SPACING).await;
        }
    };
    let connected = tokio::time::timeout(TIMEOUT, connecting).await;
    connected.unwrap_or(Err(reason))
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use super::*;
    use crate::db::Settings;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn the_schema_is_refused_until_it_is_migrated_and_goes_down_and_up_again() {
        let database = TestDatabase::create().await;
        require_schema(&database.pool).await.unwrap();
        let mut connection = database.pool.acquire().await.unwrap();
        MIGRATOR.undo(&mut *connection, 0).await.unwrap();
        drop(connection);
        let refused = require_schema(&database.pool).await.unwrap_err();
        assert!(
            matches!(refused, SchemaError::Older { found: 0, .. }),
            "{refused}"
        );
        let left: i64 = sqlx::query_scalar(
            "select count(*) from pg_class
            where relnamespace = 'public'::regnamespace and relname not like '\\_sqlx%'",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap();
        assert_eq!(left, 0, "going down leaves nothing behind");
        migrate(&database.pool).await.unwrap();
        require_schema(&database.pool).await.unwrap();
    }

    #[tokio::test]
    async fn an_index_whose_creation_was_interrupted_is_created_again() {
        let database = TestDatabase::create().await;
        let mut connection = database.pool.acquire().await.unwrap();
        // What a failed `create index concurrently` leaves.
        for statement in [
            "drop index users_mailbox_unique",
            "insert into users (username, email, password_hash)
            values ('ada', 'ada@example.org', ''), ('bob', 'bob@example.org', '')",
            "create unique index concurrently users_mailbox_unique on users ((1))",
            "delete from users",
            "delete from _sqlx_migrations where version = 18",
        ] {
            let done = connection.execute(statement).await;
            assert_eq!(done.is_err(), statement.contains("concurrently"));
        }
        drop(connection);
        migrate(&database.pool).await.unwrap();
        let is_valid: bool = sqlx::query_scalar(
            "select indisvalid from pg_index where indexrelid = 'users_mailbox_unique'::regclass",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap();
        assert!(is_valid);
    }

    /// The error of connecting to `url`, with its causes.
    async fn refusal(url: &str) -> String {
        let pool = Pool::new(&Settings::new(url), "test").unwrap();
        let refused = require_schema(&pool).await.unwrap_err();
        format!(
            "{refused}: {}",
            std::error::Error::source(&refused).unwrap()
        )
    }

    #[tokio::test]
    async fn a_database_that_cannot_be_used_is_told_with_the_setting_and_the_cause() {
        let database = TestDatabase::create().await;
        let told = refusal(&format!("{}_not", database.url)).await;
        assert!(told.contains("DATABASE_URL"), "{told}");
        assert!(told.contains("does not exist"), "{told}");
        let told = refusal("postgres://postgres@127.0.0.1:1/x").await;
        assert!(told.contains("DATABASE_URL"), "{told}");
        assert!(told.contains("refused"), "{told}");
    }

    #[tokio::test]
    async fn a_server_that_never_answers_is_given_up() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let told = refusal(&format!("postgres://postgres@{address}/x")).await;
        assert!(told.contains("no answer within 5 s"), "{told}");
    }
}
