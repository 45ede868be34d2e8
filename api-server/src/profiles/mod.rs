//! What people see of each other.
//!
//! `GET /users/{username}` · `PATCH /me` · `PUT DELETE /me/avatar`, `/me/cover`

pub mod actions;
mod fields;
mod handlers;
pub mod model;
mod pictures;
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
    use handlers::{delete_avatar, delete_cover, get_user, update_avatar, update_cover, update_me};
    let (avatar, cover) = ("/me/avatar", "/me/cover");
    vec![
        Route::new(Method::GET, "/users/{username}", "get_user", app, get_user),
        Route::new(Method::PATCH, "/me", "update_me", app, update_me),
        Route::new(Method::PUT, avatar, "update_avatar", app, update_avatar),
        Route::new(Method::DELETE, avatar, "delete_avatar", app, delete_avatar),
        Route::new(Method::PUT, cover, "update_cover", app, update_cover),
        Route::new(Method::DELETE, cover, "delete_cover", app, delete_cover),
    ]
}
