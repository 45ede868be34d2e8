//! What people see of each other.
//!
//! `GET /users/{username}`

pub mod actions;
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
    vec![Route::new(
        Method::GET,
        "/users/{username}",
        "get_user",
        app,
        handlers::get_user,
    )]
}
