//! Search: posts by their words, people by their names.
//!
//! `GET /search?q=&kind=users|posts`

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
    vec![Route::new(
        Method::GET,
        "/search",
        "search",
        app,
        handlers::search,
    )]
}
