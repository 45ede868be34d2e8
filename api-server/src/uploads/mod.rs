//! Uploads as their owners see them from beside. They are written and gone on with at upload-server.
//!
//! `GET /uploads/{id}`

pub mod actions;
mod handlers;
pub mod model;
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
        "/uploads/{id}",
        "get_upload",
        app,
        handlers::get_upload,
    )]
}
