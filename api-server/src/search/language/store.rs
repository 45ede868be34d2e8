//! The statements about the language of the search. `migrations/0020_*` explains the configuration.
//! Names cannot be parameters; a language consists of lower-case letters.

use sqlx::{AssertSqlSafe, Executor, PgConnection};

/// The language of the configuration, which is its comment.
pub async fn get_language(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select obj_description('public.search_words'::regconfig::oid, 'pg_ts_config')"
    )
    .fetch_one(connection)
    .await
}

/// `simple`, and the languages with a stemmer.
pub async fn list_languages(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select cfgname::text as "name!"
        from pg_ts_config
        where cfgnamespace = 'pg_catalog'::regnamespace
        order by cfgname
        "#
    )
    .fetch_all(connection)
    .await
}

pub async fn set_language(
    connection: &mut PgConnection,
    language: &str,
) -> Result<(), sqlx::Error> {
    let (stems, dictionary) = match language {
        "simple" => (String::new(), "pg_catalog.simple"),
        language => (
            format!("alter text search dictionary search_stems (language = '{language}');"),
            "search_stems",
        ),
    };
    let statements = format!(
        "begin;
        {stems}
        alter text search configuration search_words
            alter mapping for asciiword, word, asciihword, hword, hword_asciipart, hword_part
            with {dictionary};
        commit"
    );
    connection.execute(AssertSqlSafe(statements)).await?;
    Ok(())
}

/// Rebuilds what contains stems. It takes minutes for millions of posts and blocks nobody.
pub async fn rebuild_indexes(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    for statement in [
        "set statement_timeout = 0",
        "reindex index concurrently posts_search",
        "reindex index concurrently profiles_search",
        "analyze posts",
        "reset statement_timeout",
    ] {
        connection.execute(statement).await?;
    }
    Ok(())
}

pub async fn note_language(
    connection: &mut PgConnection,
    language: &str,
) -> Result<(), sqlx::Error> {
    let comment = format!("comment on text search configuration search_words is '{language}'");
    connection.execute(AssertSqlSafe(comment)).await?;
    Ok(())
}
