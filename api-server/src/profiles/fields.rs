//! The bounds of a profile's fields; every fault is told, not only the first.

use shared::http::problem::FieldError;

use super::model::ProfilePatch;
use crate::accounts::actions::{NAME_RULE, is_name};

/// The longest bio, in characters.
pub const BIO_CHARS: usize = 500;

/// What is wrong with a change of a profile.
pub fn faults(patch: &ProfilePatch) -> Vec<FieldError> {
    let is_bad_name = |name: &Option<String>| name.as_deref().is_some_and(|name| !is_name(name));
    let bio = patch.bio.as_deref().unwrap_or_default();
    let checks = [
        (
            is_bad_name(&patch.first_name),
            "/first_name",
            "invalid_name",
            NAME_RULE,
        ),
        (
            is_bad_name(&patch.last_name),
            "/last_name",
            "invalid_name",
            NAME_RULE,
        ),
        (
            bio.chars().count() > BIO_CHARS,
            "/bio",
            "too_long",
            "at most 500 characters",
        ),
        (
            bio.contains('\0'),
            "/bio",
            "invalid_text",
            "NUL is not allowed",
        ),
    ];
    let faults = checks.into_iter().filter(|(is_bad, ..)| *is_bad);
    faults
        .map(|(_, pointer, code, rule)| FieldError {
            pointer: pointer.to_owned(),
            code,
            detail: rule.to_owned(),
        })
        .collect()
}
