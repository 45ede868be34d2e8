//! Feeds: the public one, of everyone's public posts, and everybody's own, of those whom they
//! follow. Made when they are read; here only keys are found, and `posts` says who sees what.
//!
//! `GET /feeds/home` · `GET /feeds/public`

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
    use handlers::{list_home_posts, list_public_posts};
    vec![
        Route::new(
            Method::GET,
            "/feeds/home",
            "list_home_posts",
            app,
            list_home_posts,
        ),
        Route::new(
            Method::GET,
            "/feeds/public",
            "list_public_posts",
            app,
            list_public_posts,
        ),
    ]
}
