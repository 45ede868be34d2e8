//! Sign-ins and the tokens that come of them.
//!
//! `POST /sessions` · `POST /sessions/refresh` · `GET /sessions` ·
//! `DELETE /sessions/current` · `DELETE /sessions/{id}` · `DELETE /sessions`

pub mod actions;
mod fields;
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
    use handlers::{
        create_session, delete_all_sessions, delete_current_session, delete_session, list_sessions,
        refresh_session,
    };
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let refresh = "/sessions/refresh";
    let (current, one) = ("/sessions/current", "/sessions/{id}");
    vec![
        Route::new(
            post.clone(),
            "/sessions",
            "create_session",
            app,
            create_session,
        ),
        Route::new(post, refresh, "refresh_session", app, refresh_session),
        Route::new(get, "/sessions", "list_sessions", app, list_sessions),
        // Before the one with the parameter, which would take it for an id.
        Route::new(
            delete.clone(),
            current,
            "delete_current_session",
            app,
            delete_current_session,
        ),
        Route::new(delete.clone(), one, "delete_session", app, delete_session),
        Route::new(
            delete,
            "/sessions",
            "delete_all_sessions",
            app,
            delete_all_sessions,
        ),
    ]
}
