//! Follows and follow requests. To follow a private account, a user must send a request.
//!
//! `PUT DELETE /users/{username}/follow` · `GET /users/{username}/followers`, `…/following` ·
//! `GET /follow-requests` · `PUT DELETE /follow-requests/{username}`

pub mod actions;
mod handlers;
mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::handlers::{
    accept_follow_request, decline_follow_request, follow_user, list_follow_requests,
    list_followers, list_following, unfollow_user,
};
use crate::profiles::model::User;
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const FOLLOW: &str = "/users/{username}/follow";
    const REQUEST: &str = "/follow-requests/{username}";
    Tag::People.of([
        Route::put(FOLLOW, "follow_user", for_caller(follow_user))
            .described(
                "Follow a user",
                "A private account is asked: `viewer.follow_requested` is true until it decides.",
            )
            .refuses(&[(422, "own_account")]),
        Route::delete(FOLLOW, "unfollow_user", for_caller(unfollow_user))
            .described("Unfollow a user", "Withdraws a follow request too."),
        Route::get(
            "/users/{username}/followers",
            "list_followers",
            for_caller(list_followers),
        )
        .described(
            "List a user's followers",
            "Newest first. A private account shows them to its followers only.",
        )
        .lists::<User>(),
        Route::get(
            "/users/{username}/following",
            "list_following",
            for_caller(list_following),
        )
        .described(
            "List whom a user follows",
            "Newest first. A private account shows them to its followers only.",
        )
        .lists::<User>(),
        Route::get(
            "/follow-requests",
            "list_follow_requests",
            for_caller(list_follow_requests),
        )
        .described("List who asks to follow you", "Newest request first.")
        .lists::<User>(),
        Route::put(
            REQUEST,
            "accept_follow_request",
            for_caller(accept_follow_request),
        )
        .described(
            "Accept a follow request",
            "204 also if the user follows you already; 404 if they have not asked.",
        ),
        Route::delete(
            REQUEST,
            "decline_follow_request",
            for_caller(decline_follow_request),
        )
        .described(
            "Decline a follow request",
            "The user is not told, and may ask again.",
        ),
    ])
}
