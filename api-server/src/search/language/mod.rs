//! The language of the search: its stemmer reduces words to stems. It belongs to the database, not
//! to a server, because the indexes contain the stems.

mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use shared::db::Pool;

/// Why the language of the search could not be set.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// Postgres has no stemmer for it.
    #[error("PAWL_SEARCH_LANGUAGE: Postgres does not know `{language}`, but {known}")]
    Unknown {
        /// The language of the setting.
        language: String,
        /// All languages that Postgres knows.
        known: String,
    },
    /// A statement failed. If it was interrupted, setting the language again completes it.
    #[error("the indexes of the search could not be rebuilt")]
    Database(#[from] sqlx::Error),
}

/// Sets the language, and rebuilds the indexes of the search if it has changed. Servers may work
/// meanwhile; until the indexes are rebuilt, their searches miss some posts.
pub async fn set_language(pool: &Pool, language: &str) -> Result<(), LanguageError> {
    let mut connection = pool.acquire_to_write().await?;
    if store::get_language(&mut connection).await?.as_deref() == Some(language) {
        return Ok(());
    }
    let known = store::list_languages(&mut connection).await?;
    if !known.iter().any(|known| known == language) {
        return Err(LanguageError::Unknown {
            language: language.to_owned(),
            known: known.join(", "),
        });
    }
    tracing::info!(language, "rebuilding the indexes of the search");
    store::set_language(&mut connection, language).await?;
    store::rebuild_indexes(&mut connection).await?;
    // Last, so that an interrupted change is repeated.
    store::note_language(&mut connection, language).await?;
    Ok(())
}

/// Logs a warning if the database has another language than the setting.
pub async fn warn_if_other(pool: &Pool, language: &str) -> Result<(), sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let current = store::get_language(&mut connection).await?;
    if current.as_deref() != Some(language) {
        tracing::warn!(
            setting = language,
            database = current,
            "the search has another language than PAWL_SEARCH_LANGUAGE: run `api-server migrate`"
        );
    }
    Ok(())
}
