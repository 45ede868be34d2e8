//! Follows and follow requests. To follow a private account, a user must send a request.
//!
//! `PUT DELETE /users/{username}/follow` · `GET /users/{username}/followers`, `…/following` ·
//! `GET /follow-requests` · `PUT DELETE /follow-requests/{username}`

pub mod actions;
pub mod batch;
mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{
    accept_follow_request, decline_follow_request, follow_user, list_follow_requests,
    list_followers, list_following, unfollow_user,
};
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const FOLLOW: &str = "/users/{username}/follow";
    const REQUEST: &str = "/follow-requests/{username}";
    Tag::People.of([
        Route::put(FOLLOW, for_caller!(follow_user))
            .described(
                "Follow a user",
                "Following a private account creates a request: `viewer.follow_requested` is true until \
                 the owner decides.",
            )
            .refuses(&[(422, "own_account")]),
        Route::delete(FOLLOW, for_caller!(unfollow_user))
            .described("Unfollow a user", "Also withdraws a follow request."),
        Route::get(
            "/users/{username}/followers",
            for_caller!(list_followers),
        )
        .described(
            "List a user's followers",
            "Newest first. Only followers see the list of a private account.",
        ),
        Route::get(
            "/users/{username}/following",
            for_caller!(list_following),
        )
        .described(
            "List the users that a user follows",
            "Newest first. Only followers see the list of a private account.",
        ),
        Route::get(
            "/follow-requests",
            for_caller!(list_follow_requests),
        )
        .described("List the follow requests to you", "Newest request first."),
        Route::put(
            REQUEST,
            for_caller!(accept_follow_request),
        )
        .described(
            "Accept a follow request",
            "204 even if the user already follows you; 404 if they have sent no request.",
        ),
        Route::delete(
            REQUEST,
            for_caller!(decline_follow_request),
        )
        .described(
            "Decline a follow request",
            "The user is not notified and may send another request.",
        ),
    ])
}
