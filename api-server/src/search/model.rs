//! Search parameters.

use std::ops::RangeInclusive;

use serde_json::json;
use utoipa::PartialSchema;

use crate::app::App;
use crate::http::{
    ApiResult, At, Faults, PageQuery, Request, Text, TextFault, TextRule, all, fault_if,
};
use crate::routes::{Description, Input};

/// The searched words, or the searched part of a name.
pub type SearchQuery = Text<SearchQueryRule>;

pub struct SearchQueryRule;

impl TextRule for SearchQueryRule {
    const NAME: &'static str = "SearchQuery";
    const CHARS: RangeInclusive<usize> = 1..=100;

    fn faults(text: &str) -> Vec<TextFault> {
        let required = fault_if(text.is_empty(), "required", "enter a search text");
        all([required, Self::too_long(text), Self::refused(text)])
    }
}

/// The kind of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Posts by words.
    Posts,
    /// Users by name.
    Users,
}

/// The parameters of a search for one kind of results.
pub struct Sought {
    pub q: SearchQuery,
    pub page: PageQuery,
}

/// The parameters of a search for either kind of results.
pub struct Search {
    pub kind: Kind,
    pub sought: Sought,
}

impl Input for Sought {
    fn describe(operation: &mut Description) {
        PageQuery::describe(operation);
        let q = "Words that a post must all contain, or a part of a user's name.";
        operation.add_query(
            "q",
            json!({ "required": true, "description": q, "schema": SearchQuery::schema() }),
        );
    }

    async fn read(app: &App, request: &mut Request) -> ApiResult<Self> {
        let page = PageQuery::read(app, request).await?;
        let mut faults = Faults::default();
        match page.text("q", &mut faults) {
            Some(q) => Ok(Self { q, page }),
            None => Err(faults.into()),
        }
    }
}

impl Input for Search {
    fn describe(operation: &mut Description) {
        Sought::describe(operation);
        operation.add_query(
            "kind",
            json!({
                "description": "The kind of results. Default `posts`.",
                "schema": {"type": "string", "enum": ["posts", "users"], "default": "posts"},
            }),
        );
    }

    /// Reports all faults of `q` and `kind`.
    async fn read(app: &App, request: &mut Request) -> ApiResult<Self> {
        let page = PageQuery::read(app, request).await?;
        let mut faults = Faults::default();
        let q = page.text("q", &mut faults);
        let kind = match page.parameter("kind") {
            None | Some("posts") => Some(Kind::Posts),
            Some("users") => Some(Kind::Users),
            Some(_) => {
                let at = At::Member(&At::Body, "kind");
                faults.add(at, "unknown_value", "use posts or users");
                None
            }
        };
        match (q, kind) {
            (Some(q), Some(kind)) => Ok(Self {
                kind,
                sought: Sought { q, page },
            }),
            _ => Err(faults.into()),
        }
    }
}
