//! Comments: what people answer to posts and to each other, at any depth, and who likes it.
//!
//! `GET POST /posts/{id}/comments` · `GET PATCH DELETE /comments/{id}` ·
//! `PUT DELETE /comments/{id}/like`
//!
//! A comment stays as a stone without a name while something hangs below it. One below which
//! nothing is left goes with the last of them, so that a stone always has somebody's words below.

pub mod actions;
mod fields;
mod handlers;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod tree;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{
        create_comment, delete_comment, get_comment, like_comment, list_post_comments,
        unlike_comment, update_comment,
    };
    const OF_POST: &str = "/posts/{id}/comments";
    const ONE: &str = "/comments/{id}";
    const LIKE: &str = "/comments/{id}/like";
    vec![
        Route::new(
            Method::GET,
            OF_POST,
            "list_post_comments",
            app,
            list_post_comments,
        ),
        Route::new(Method::POST, OF_POST, "create_comment", app, create_comment),
        Route::new(Method::GET, ONE, "get_comment", app, get_comment),
        Route::new(Method::PATCH, ONE, "update_comment", app, update_comment),
        Route::new(Method::DELETE, ONE, "delete_comment", app, delete_comment),
        Route::new(Method::PUT, LIKE, "like_comment", app, like_comment),
        Route::new(Method::DELETE, LIKE, "unlike_comment", app, unlike_comment),
    ]
}
