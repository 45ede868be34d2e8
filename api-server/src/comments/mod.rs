//! Comments on posts and replies to comments, at any depth, and likes of comments.
//!
//! `GET POST /posts/{id}/comments` · `GET PATCH DELETE /comments/{id}` ·
//! `PUT DELETE /comments/{id}/like`
//!
//! A deleted comment stays, without its author and text, as long as it has replies. When its last
//! reply is removed it is removed too, so a deleted comment always has a visible reply below it.

pub mod actions;
pub mod batch;
mod fields;
pub mod model;
mod rows;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod tree;

use self::actions::{
    create_comment, delete_comment, get_comment, like_comment, list_post_comments, unlike_comment,
    update_comment,
};
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const OF_POST: &str = "/posts/{id}/comments";
    const ONE: &str = "/comments/{id}";
    const LIKE: &str = "/comments/{id}/like";
    Tag::Comments.of([
        Route::get(OF_POST, for_viewer!(list_post_comments)).described(
            "List the comments of a post",
            "Oldest first, each with its oldest replies and their oldest replies. With \
             `parent_id`: the replies to that comment.",
        ),
        Route::post(OF_POST, for_caller!(create_comment)).described(
            "Comment on a post or reply to a comment",
            "Any signed-in user who sees a post may comment on it.",
        ),
        Route::get(ONE, for_viewer!(get_comment)).described(
            "Read a comment",
            "With its oldest replies and their oldest replies.",
        ),
        Route::patch(ONE, for_caller!(update_comment))
            .described("Edit your comment", "Allowed for its author only.")
            .refuses(&[(403, "forbidden")]),
        Route::delete(ONE, for_caller!(delete_comment))
            .described(
                "Delete a comment",
                "Allowed for its author, the post's author and admins. Replies to it stay.",
            )
            .refuses(&[(403, "forbidden")]),
        Route::put(LIKE, for_caller!(like_comment))
            .described("Like a comment", "204 even if you already like it."),
        Route::delete(LIKE, for_caller!(unlike_comment))
            .described("Unlike a comment", "204 even if you did not like it."),
    ])
}
