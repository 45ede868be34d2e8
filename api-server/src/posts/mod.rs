//! Posts: written with the media that hang on them, edited, deleted, and read one by one or by
//! author.
//!
//! `POST /posts` · `GET PATCH DELETE /posts/{id}` · `GET /users/{username}/posts`

pub mod actions;
mod fields;
mod handlers;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{create_post, delete_post, get_post, list_user_posts, update_post};
    let post = "/posts/{id}";
    vec![
        Route::new(Method::POST, "/posts", "create_post", app, create_post),
        Route::new(Method::GET, post, "get_post", app, get_post),
        Route::new(Method::PATCH, post, "update_post", app, update_post),
        Route::new(Method::DELETE, post, "delete_post", app, delete_post),
        Route::new(
            Method::GET,
            "/users/{username}/posts",
            "list_user_posts",
            app,
            list_user_posts,
        ),
    ]
}
