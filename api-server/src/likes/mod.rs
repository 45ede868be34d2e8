//! Likes of posts. The domain `comments` has the likes of comments.
//!
//! `PUT DELETE /posts/{id}/like` · `GET /posts/{id}/likes` · `GET /me/likes`

mod actions;
pub mod batch;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{like_post, list_liked_posts, list_post_likes, unlike_post};
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const LIKE: &str = "/posts/{id}/like";
    Tag::Posts.of([
        Route::put(LIKE, for_caller!(like_post))
            .described("Like a post", "204 even if you already like it."),
        Route::delete(LIKE, for_caller!(unlike_post))
            .described("Unlike a post", "204 even if you did not like it."),
        Route::get("/posts/{id}/likes", for_caller!(list_post_likes))
            .described("List the users who like a post", "Newest like first."),
        Route::get("/me/likes", for_caller!(list_liked_posts)).described(
            "List the posts that you like",
            "Newest like first. Posts that you may no longer see are left out.",
        ),
    ])
}
