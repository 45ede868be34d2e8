//! The rules about more than one field of a post.

use shared::http::problem::FieldError;

use crate::text::is_blank;

/// Whether a post would say and show nothing.
pub fn is_empty(text: &str, media: usize) -> bool {
    is_blank(text) && media == 0
}

/// The fault of a post that says and shows nothing.
pub fn empty() -> FieldError {
    fault("/text", "required", "enter a text or attach media")
}

/// The fault of a post that a private account wants to be public.
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
