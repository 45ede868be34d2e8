//! The bounds of a comment; every fault is told, not only the first.

use shared::http::problem::FieldError;

use crate::http::{ApiError, ApiResult};
use crate::text::is_blank;

/// The longest text, in characters.
pub const TEXT_CHARS: usize = 2000;

/// 422 for a text that is no comment.
pub fn check_text(text: &str) -> ApiResult<()> {
    let rules = [
        (is_blank(text), "required", "enter a text"),
        (
            text.chars().count() > TEXT_CHARS,
            "too_long",
            "at most 2,000 characters",
        ),
        (text.contains('\0'), "invalid_text", "NUL is not allowed"),
    ];
    let broken = rules.into_iter().filter(|(is_broken, _, _)| *is_broken);
    let faults: Vec<_> = broken
        .map(|(_, code, detail)| FieldError {
            pointer: "/text".to_owned(),
            code,
            detail: detail.to_owned(),
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::fields(faults))
    }
}
