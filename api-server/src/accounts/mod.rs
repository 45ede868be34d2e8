//! Accounts: signing up, what one sees of oneself, and the check of a password.
//!
//! `POST /users` · `GET /me` · `PUT /me/password`

pub mod actions;
mod fields;
mod handlers;
pub mod model;
mod password;
mod proof;
mod sign_up;
mod status;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/users",
            "create_user",
            app,
            handlers::create_user,
        ),
        Route::new(Method::GET, "/me", "get_me", app, handlers::get_me),
        Route::new(
            Method::PUT,
            "/me/password",
            "update_password",
            app,
            handlers::update_password,
        ),
    ]
}
