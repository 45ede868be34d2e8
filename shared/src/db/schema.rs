//! The embedded migrations, and the check of the schema that every binary makes before it serves.

use std::{io, time::Duration};

use sqlx::{
    Connection, PgConnection,
    migrate::{MigrateError, Migrator},
};

use super::{Pool, is_unavailable};

/// How long Postgres may take to start.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause between attempts to connect.
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

/// A connection outside the pool. The pool reports every failure as a timeout; this reports the
/// cause at once, unless Postgres is starting up.
async fn connect(pool: &Pool) -> Result<PgConnection, sqlx::Error> {
    let options = pool.options();
    let mut reason = sqlx::Error::Io(io::Error::new(
        io::ErrorKind::TimedOut,
        format!("no answer within {} s", PATIENCE.as_secs()),
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
    let connected = tokio::time::timeout(PATIENCE, connecting).await;
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
