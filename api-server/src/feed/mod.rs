//! Feeds: the public feed of all public posts, and the home feed of the posts of followees. They
//! are computed when read: this module only finds keys, and `posts` decides who sees what.
//!
//! `GET /feeds/home` · `GET /feeds/public`

mod actions;
mod handlers;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::handlers::{list_home_posts, list_public_posts};
use crate::posts::model::Post;
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Reading.of([
        Route::get(
            "/feeds/home",
            "list_home_posts",
            for_caller(list_home_posts),
        )
        .described(
            "Read your home feed",
            "Your own posts and those of users that you follow, newest first, without those of \
                 users that you mute.",
        )
        .lists::<Post>(),
        Route::get(
            "/feeds/public",
            "list_public_posts",
            for_viewer(list_public_posts),
        )
        .described(
            "Read the public feed",
            "All public posts, newest first, without those of users that you mute or block, \
                 or that block you.",
        )
        .lists::<Post>(),
    ])
}
