//! The bounds of a new post; every fault is told, not only the first.

use std::collections::HashSet;

use shared::http::problem::FieldError;

use super::model::{NewPost, NewPostMedia};

/// The longest text, in characters.
pub const TEXT_CHARS: usize = 5000;
/// The longest alternative text, in characters.
pub const ALT_CHARS: usize = 1500;
/// The most media.
pub const MAX_MEDIA: usize = 20;

/// What is wrong with a new post.
pub fn faults(new: &NewPost) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut add = |pointer: String, code, detail: &str| {
        faults.push(FieldError {
            pointer,
            code,
            detail: detail.to_owned(),
        });
    };
    if new.text.trim().is_empty() && new.media.is_empty() {
        add("/text".to_owned(), "required", "a post has text or media");
    }
    if new.text.chars().count() > TEXT_CHARS {
        add("/text".to_owned(), "too_long", "at most 5,000 characters");
    }
    if new.text.contains('\0') {
        add(
            "/text".to_owned(),
            "invalid_text",
            "a text has no NUL characters",
        );
    }
    if new.media.len() > MAX_MEDIA {
        add("/media".to_owned(), "too_many", "at most 20 media");
    }
    media_faults(&new.media, &mut add);
    faults
}

fn media_faults(media: &[NewPostMedia], add: &mut impl FnMut(String, &'static str, &str)) {
    let mut seen = HashSet::new();
    for (position, media) in media.iter().enumerate() {
        let alt = media.alt.as_deref().unwrap_or_default();
        if alt.chars().count() > ALT_CHARS {
            add(
                format!("/media/{position}/alt"),
                "too_long",
                "at most 1,500 characters",
            );
        }
        if alt.contains('\0') {
            add(
                format!("/media/{position}/alt"),
                "invalid_text",
                "no NUL characters",
            );
        }
        if !seen.insert(media.upload_id) {
            let pointer = format!("/media/{position}/upload_id");
            add(pointer, "duplicate", "this media stands there twice");
        }
    }
}
