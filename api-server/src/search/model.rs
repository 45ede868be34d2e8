//! What is searched for.

use std::ops::RangeInclusive;

use crate::http::{At, Faults, PageQuery, Text, TextFault, TextRule, all, fault_if, with_nul};

/// The words or the part of a name that is searched for.
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

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Posts by their words.
    Posts,
    /// People by their names.
    Users,
}

/// The parameters of a search.
pub struct Search {
    pub q: SearchQuery,
    pub kind: Kind,
}

impl Search {
    /// Reads `q` and `kind`; all faults are told at once.
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
