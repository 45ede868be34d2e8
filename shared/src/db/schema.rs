//! The embedded migrations and the check that every binary makes before it serves.

use sqlx::migrate::Migrator;

use super::Pool;

/// `migrations/`, as it was when this binary was built.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// Why a binary must not work on this database.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The schema lacks migrations that this binary needs.
    #[error("the database's schema is at version {found}, this binary needs {needed}")]
    Older {
        /// The newest version that was applied; 0 for an empty database.
        found: i64,
        /// The newest version that this binary knows.
        needed: i64,
    },
    /// Postgres did not answer.
    #[error("cannot read the schema's version")]
    Database(#[from] sqlx::Error),
}

/// Brings the schema up to date. Safe to call from several processes: they take turns.
pub async fn migrate(pool: &Pool) -> Result<(), sqlx::migrate::MigrateError> {
    MIGRATOR.run(pool).await
}

/// Refuses a schema older than this binary's. A newer one is fine: migrations only add what the
/// release before can live with.
pub async fn require_schema(pool: &Pool) -> Result<(), SchemaError> {
    let needed = MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    // Not a checked query: the table is sqlx's own and an empty database does not have it.
    let found: Result<Option<i64>, sqlx::Error> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
            .fetch_one(pool)
            .await;
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

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn the_schema_is_refused_until_it_is_migrated_and_goes_down_and_up_again() {
        let database = TestDatabase::create().await;
        require_schema(&database.pool).await.unwrap();
        MIGRATOR.undo(&database.pool, 0).await.unwrap();
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
}
