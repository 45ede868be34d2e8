//! Posts with media: creating, editing, deleting, and reading single posts or those of a user.
//!
//! `POST /posts` · `GET PATCH DELETE /posts/{id}` · `GET /users/{username}/posts`

pub mod actions;
mod fields;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{create_post, delete_post, get_post, list_user_posts, update_post};
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const POST: &str = "/posts/{id}";
    let mut routes = Tag::Posts.of([
        Route::post("/posts", for_caller!(create_post))
            .described(
                "Create a post",
                "A post needs a text or media. It is visible at once, whatever the state of its media.",
            )
            .refuses(&[(409, "media_in_use")]),
        Route::get(POST, for_viewer!(get_post))
            .described("Read a post", "404 if you may not see it."),
        Route::patch(POST, for_caller!(update_post))
            .described(
                "Edit your post",
                "A JSON merge patch. `media` is the whole new list: media items that it leaves out are \
                 deleted.",
            )
            .refuses(&[(403, "forbidden"), (409, "media_in_use")]),
        Route::delete(POST, for_caller!(delete_post))
            .described(
                "Delete a post",
                "Allowed for the author and admins. The post, its media and its comments disappear at once.",
            )
            .refuses(&[(403, "forbidden")]),
    ]);
    routes.extend(Tag::People.of([
        Route::get("/users/{username}/posts", for_viewer!(list_user_posts)).described(
            "List a user's posts",
            "Only posts that you may see, newest first.",
        ),
    ]));
    routes
}
