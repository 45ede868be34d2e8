//! Media: what is known of them, and their files under grants.
//!
//! `GET DELETE /media/{id}`; beside the API, `/media/<grant>/<media id>/<set>/<file>`

pub mod access_cache;
pub mod actions;
mod files;
mod handlers;
pub mod model;
mod pictures;
pub mod published;
mod source;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

pub use files::{is_public, serve_file};

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{delete_media, get_media};
    let media = "/media/{id}";
    vec![
        Route::new(Method::GET, media, "get_media", app, get_media),
        Route::new(Method::DELETE, media, "delete_media", app, delete_media),
    ]
}
