//! Feeds: the public feed of all public posts, and the home feed of the posts of followees. They
//! are computed when read: this module only finds keys, and `posts` decides who sees what.
//!
//! `GET /feeds/home` · `GET /feeds/public`

mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{list_home_posts, list_public_posts};
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Reading.of([
        Route::get("/feeds/home", for_caller!(list_home_posts)).described(
            "Read your home feed",
            "Your own posts and those of users that you follow, newest first, without those of \
                 users that you mute.",
        ),
        Route::get("/feeds/public", for_viewer!(list_public_posts)).described(
            "Read the public feed",
            "All public posts, newest first, without those of users that you mute or block, \
                 or that block you.",
        ),
    ])
}
