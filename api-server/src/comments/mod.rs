//! Comments on posts and replies to comments, at any depth, and likes of comments.
//!
//! `GET POST /posts/{id}/comments` · `GET PATCH DELETE /comments/{id}` ·
//! `PUT DELETE /comments/{id}/like`
//!
//! A deleted comment stays, without its author and text, as long as it has replies. When its last
//! reply is removed it is removed too, so a deleted comment always has a visible reply below it.

pub mod actions;
mod handlers;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod tree;

use self::handlers::{
    create_comment, delete_comment, get_comment, like_comment, list_post_comments, unlike_comment,
    update_comment,
};
use self::model::{Comment, CommentPatch, NewComment};
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const OF_POST: &str = "/posts/{id}/comments";
    const ONE: &str = "/comments/{id}";
    const LIKE: &str = "/comments/{id}/like";
    Tag::Comments.of([
        Route::get(
            OF_POST,
            "list_post_comments",
            for_viewer(list_post_comments),
        )
        .described(
            "List the comments of a post",
            "Oldest first, each with its oldest replies and their oldest replies. With \
             `parent_id`: the replies to that comment.",
        )
        .asks("parent_id")
        .lists::<Comment>(),
        Route::post(OF_POST, "create_comment", for_caller(create_comment))
            .described(
                "Comment on a post or reply to a comment",
                "Any signed-in user who sees a post may comment on it.",
            )
            .takes::<NewComment>()
            .creates::<Comment>(),
        Route::get(ONE, "get_comment", for_viewer(get_comment))
            .described(
                "Read a comment",
                "With its oldest replies and their oldest replies.",
            )
            .answers::<Comment>(),
        Route::patch(ONE, "update_comment", for_caller(update_comment))
            .described("Edit your comment", "Allowed for its author only.")
            .patches::<CommentPatch>()
            .answers::<Comment>()
            .refuses(&[(403, "forbidden")]),
        Route::delete(ONE, "delete_comment", for_caller(delete_comment))
            .described(
                "Delete a comment",
                "Allowed for its author, the post's author and admins. Replies to it stay.",
            )
            .refuses(&[(403, "forbidden")]),
        Route::put(LIKE, "like_comment", for_caller(like_comment))
            .described("Like a comment", "204 even if you already like it."),
        Route::delete(LIKE, "unlike_comment", for_caller(unlike_comment))
            .described("Unlike a comment", "204 even if you did not like it."),
    ])
}
