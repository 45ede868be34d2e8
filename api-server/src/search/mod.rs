//! Search for posts by words and for users by name.
//!
//! `GET /search?q=&kind=users|posts`

mod actions;
mod handlers;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::handlers::search;
use crate::posts::model::Post;
use crate::profiles::model::User;
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Reading.of([Route::get("/search", "search", for_caller(search))
        .described(
            "Search posts by words, or users by names",
            "Finds public posts that contain all the words, newest first, or users, the exact \
             username first.",
        )
        .lists_either::<Post, User>()
        .asks("q")
        .asks("kind")])
}
