//! The settings of the search.

use clap::Args;

/// Search.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Search")]
pub struct SearchArgs {
    /// The language whose word forms a search finds: with `english`, "rabbit" finds "rabbits". With
    /// `simple`, a word finds only itself. `api-server migrate` applies a change, and rebuilds the
    /// indexes of the search.
    #[arg(
        id = "PAWL_SEARCH_LANGUAGE",
        long = "search-language",
        env = "PAWL_SEARCH_LANGUAGE",
        value_name = "LANGUAGE",
        default_value = "english",
        value_parser = language
    )]
    pub language: String,
}

/// A name that needs no quotes in SQL. `migrate` checks that Postgres knows it.
fn language(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err("a language is a word in lower case, such as english".to_owned());
    }
    Ok(text.to_owned())
}
