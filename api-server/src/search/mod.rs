//! Search for posts by words and for users by name.
//!
//! `GET /search/posts?q=` · `GET /search/users?q=` · `GET /search?q=&kind=users|posts`

mod actions;
pub mod language;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod users;

use self::actions::{search, search_posts, search_users};
use crate::routes::{Route, Tag, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Reading.of([
        Route::get("/search/posts", for_viewer!(search_posts)).described(
            "Search posts by words",
            "Finds public posts that contain all the words in any form, newest first.",
        ),
        Route::get("/search/users", for_viewer!(search_users)).described(
            "Search users by names",
            "Finds users by a part of their names, the exact username first.",
        ),
        Route::get("/search", for_viewer!(search)).described(
            "Search posts by words, or users by names",
            "`/search/posts` or `/search/users`, by `kind`.",
        ),
    ])
}
