//! The identity of a database, independent of its address.

use sqlx::PgConnection;

/// The cluster's identifier and the database's number in it. It is the same for every address of
/// the database, and different for a copy restored elsewhere.
pub async fn identity(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select system_identifier || '/' || pg_database.oid as "identity!"
        from pg_control_system(), pg_database
        where datname = current_database()
        "#,
    )
    .fetch_one(connection)
    .await
}
