//! Search for posts by words and for users by name.
//!
//! `GET /search?q=&kind=users|posts`

mod actions;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::search;
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Reading.of([Route::get("/search", for_caller!(search)).described(
        "Search posts by words, or users by names",
        "Finds public posts that contain all the words, newest first, or users, the exact \
             username first.",
    )])
}
