//! What people see of each other.
//!
//! `GET /users/{username}` · `PATCH /me`

pub mod actions;
mod fields;
mod handlers;
pub mod model;
mod search;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{get_user, update_me};
    vec![
        Route::new(Method::GET, "/users/{username}", "get_user", app, get_user),
        Route::new(Method::PATCH, "/me", "update_me", app, update_me),
    ]
}
