//! Uploads, read-only for their owners. upload-server writes them.
//!
//! `GET /uploads/{id}`

pub mod actions;
pub mod model;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::get_upload;
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Media.of([
        Route::get("/uploads/{id}", for_caller!(get_upload)).described(
            "Read the state of your upload",
            "This does not interrupt a request that appends to the upload.",
        ),
    ])
}
