//! Sign-ins and the tokens that come of them.
//!
//! `POST /sessions` · `POST /sessions/refresh` · `DELETE /sessions/current`

pub mod actions;
mod handlers;
pub mod model;
mod rotation;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{create_session, delete_current_session, refresh_session};
    vec![
        Route::new(
            Method::POST,
            "/sessions",
            "create_session",
            app,
            create_session,
        ),
        Route::new(
            Method::POST,
            "/sessions/refresh",
            "refresh_session",
            app,
            refresh_session,
        ),
        Route::new(
            Method::DELETE,
            "/sessions/current",
            "delete_current_session",
            app,
            delete_current_session,
        ),
    ]
}
