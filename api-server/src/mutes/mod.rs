//! Whom somebody does not want to read in feeds and search. The muted are not told, and are seen
//! wherever one looks for them.
//!
//! `PUT DELETE /users/{username}/mute` · `GET /mutes`

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
    use handlers::{list_mutes, mute_user, unmute_user};
    const MUTE: &str = "/users/{username}/mute";
    vec![
        Route::new(Method::PUT, MUTE, "mute_user", app, mute_user),
        Route::new(Method::DELETE, MUTE, "unmute_user", app, unmute_user),
        Route::new(Method::GET, "/mutes", "list_mutes", app, list_mutes),
    ]
}
