//! The rules that concern several fields of a post.

use shared::http::problem::FieldError;

use crate::http::is_blank;

/// Whether a post would have neither visible text nor media.
pub fn is_empty(text: &str, media: usize) -> bool {
    is_blank(text) && media == 0
}

/// The fault of a post without visible text and media.
pub fn empty() -> FieldError {
    fault("/text", "required", "enter a text or attach media")
}

/// The fault of a public post by a private account.
pub fn not_public() -> FieldError {
    let detail = "a private account cannot post for everyone; use `followers`";
    fault("/visibility", "private_account", detail)
}

fn fault(pointer: &str, code: &'static str, detail: &str) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        code,
        detail: detail.to_owned(),
    }
}
