//! Every `code` that an error may carry, with what a client does about it.
//!
//! `docs/errors.md`, the page at `/docs/errors` and the statuses in `/openapi.json` come from these
//! tables. A test compares them with the codes in the sources.

mod codes;
mod pages;

pub use codes::{FIELDS, FieldCode, PROBLEMS, ProblemCode};
pub use pages::{to_html, to_markdown};
