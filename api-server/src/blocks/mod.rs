//! Who wants nothing to do with whom. A block works both ways: each is unseen by the other.
//!
//! `PUT DELETE /users/{username}/block` · `GET /blocks`

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
    use handlers::{block_user, list_blocks, unblock_user};
    const BLOCK: &str = "/users/{username}/block";
    vec![
        Route::new(Method::PUT, BLOCK, "block_user", app, block_user),
        Route::new(Method::DELETE, BLOCK, "unblock_user", app, unblock_user),
        Route::new(Method::GET, "/blocks", "list_blocks", app, list_blocks),
    ]
}
