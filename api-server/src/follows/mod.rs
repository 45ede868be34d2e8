//! Who follows whom, and who asks to. A private account is asked first.
//!
//! `PUT DELETE /users/{username}/follow` · `GET /users/{username}/followers`, `…/following` ·
//! `GET /follow-requests` · `PUT DELETE /follow-requests/{username}`

pub mod actions;
mod handlers;
mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    use handlers::{
        accept_follow_request, decline_follow_request, follow_user, list_follow_requests,
        list_followers, list_following, unfollow_user,
    };
    const FOLLOW: &str = "/users/{username}/follow";
    const REQUEST: &str = "/follow-requests/{username}";
    vec![
        Route::new(Method::PUT, FOLLOW, "follow_user", app, follow_user),
        Route::new(Method::DELETE, FOLLOW, "unfollow_user", app, unfollow_user),
        Route::new(
            Method::GET,
            "/users/{username}/followers",
            "list_followers",
            app,
            list_followers,
        ),
        Route::new(
            Method::GET,
            "/users/{username}/following",
            "list_following",
            app,
            list_following,
        ),
        Route::new(
            Method::GET,
            "/follow-requests",
            "list_follow_requests",
            app,
            list_follow_requests,
        ),
        Route::new(
            Method::PUT,
            REQUEST,
            "accept_follow_request",
            app,
            accept_follow_request,
        ),
        Route::new(
            Method::DELETE,
            REQUEST,
            "decline_follow_request",
            app,
            decline_follow_request,
        ),
    ]
}
