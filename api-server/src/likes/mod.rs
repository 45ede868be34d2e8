//! Likes of posts: set, unset, and who set them. Those of comments are with the comments.
//!
//! `PUT DELETE /posts/{id}/like` · `GET /posts/{id}/likes`

mod actions;
mod handlers;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{like_post, list_post_likes, unlike_post};
    let like = "/posts/{id}/like";
    let likes = "/posts/{id}/likes";
    vec![
        Route::new(Method::PUT, like, "like_post", app, like_post),
        Route::new(Method::DELETE, like, "unlike_post", app, unlike_post),
        Route::new(Method::GET, likes, "list_post_likes", app, list_post_likes),
    ]
}
