//! The bounds of a post; every fault is told, not only the first.

use std::collections::HashSet;

use shared::http::problem::FieldError;

use super::model::{NewPost, NewPostMedia, PostPatch};
use crate::text::is_blank;

/// The longest text, in characters.
pub const TEXT_CHARS: usize = 5000;
/// The longest alternative text, in characters.
pub const ALT_CHARS: usize = 1500;
/// The most media.
pub const MAX_MEDIA: usize = 20;

/// What is wrong with a new post.
pub fn faults(new: &NewPost) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if is_empty(&new.text, new.media.len()) {
        faults.push(empty());
    }
    text_faults(&new.text, &mut faults);
    media_faults(&new.media, &mut faults);
    faults
}

/// What is wrong with a change, whatever the post is now.
pub fn patch_faults(patch: &PostPatch) -> Vec<FieldError> {
    let mut faults = Vec::new();
    text_faults(patch.text.as_deref().unwrap_or_default(), &mut faults);
    media_faults(patch.media.as_deref().unwrap_or_default(), &mut faults);
    faults
}

/// Whether a post would say and show nothing.
pub fn is_empty(text: &str, media: usize) -> bool {
    is_blank(text) && media == 0
}

/// The fault of a post that says and shows nothing.
pub fn empty() -> FieldError {
    fault("/text", "required", "a post needs a text or media")
}

/// The fault of a post that a private account wants to be public.
pub fn not_public() -> FieldError {
    fault(
        "/visibility",
        "private_account",
        "a private account cannot post for everyone; use `followers`",
    )
}

fn fault(pointer: impl Into<String>, code: &'static str, detail: &str) -> FieldError {
    FieldError {
        pointer: pointer.into(),
        code,
        detail: detail.to_owned(),
    }
}

fn text_faults(text: &str, faults: &mut Vec<FieldError>) {
    if text.chars().count() > TEXT_CHARS {
        faults.push(fault("/text", "too_long", "at most 5,000 characters"));
    }
    if text.contains('\0') {
        faults.push(fault("/text", "invalid_text", "NUL is not allowed"));
    }
}

fn media_faults(media: &[NewPostMedia], faults: &mut Vec<FieldError>) {
    if media.len() > MAX_MEDIA {
        faults.push(fault("/media", "too_many", "at most 20 media items"));
    }
    let mut seen = HashSet::new();
    for (position, media) in media.iter().enumerate() {
        let at = |field: &str| format!("/media/{position}{field}");
        let alt = media.alt.as_deref().unwrap_or_default();
        if alt.chars().count() > ALT_CHARS {
            faults.push(fault(at("/alt"), "too_long", "at most 1,500 characters"));
        }
        if alt.contains('\0') {
            faults.push(fault(at("/alt"), "invalid_text", "NUL is not allowed"));
        }
        if !seen.insert(media.upload_id) {
            let detail = "the same media item occurs twice";
            faults.push(fault(at("/upload_id"), "duplicate", detail));
        }
    }
}
