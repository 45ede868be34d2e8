//! Search parameters.

use std::ops::RangeInclusive;

use crate::http::{At, Faults, PageQuery, Text, TextFault, TextRule, all, fault_if, with_nul};

/// The searched words, or the searched part of a name.
pub type SearchQuery = Text<SearchQueryRule>;

pub struct SearchQueryRule;

impl TextRule for SearchQueryRule {
    const NAME: &'static str = "SearchQuery";
    const CHARS: RangeInclusive<usize> = 1..=100;

    fn faults(text: &str) -> Vec<TextFault> {
        let required = fault_if(text.is_empty(), "required", "enter a search text");
        all([required, Self::too_long(text), with_nul(text)])
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

/// The parameters of a search.
pub struct Search {
    pub q: SearchQuery,
    pub kind: Kind,
}

impl Search {
    /// Parses `q` and `kind`; reports all faults.
    pub fn read(query: &PageQuery) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let q = query.text("q", &mut faults);
        let kind = match query.parameter("kind") {
            None | Some("posts") => Some(Kind::Posts),
            Some("users") => Some(Kind::Users),
            Some(_) => {
                let at = At::Member(&At::Body, "kind");
                faults.add(at, "unknown_value", "use posts or users");
                None
            }
        };
        match (q, kind) {
            (Some(q), Some(kind)) => Ok(Self { q, kind }),
            _ => Err(faults),
        }
    }
}
