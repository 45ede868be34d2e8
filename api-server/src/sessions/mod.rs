//! Sessions and their tokens.
//!
//! `POST /sessions` · `POST /sessions/refresh` · `GET /sessions` ·
//! `DELETE /sessions/current` · `DELETE /sessions/{id}` · `DELETE /sessions`

pub mod actions;
pub mod model;
mod rotation;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{
    create_session, delete_all_sessions, delete_current_session, delete_session, list_sessions,
    refresh_session,
};
use crate::routes::{Route, Tag, for_anyone, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Sessions.of([
        Route::post("/sessions", for_anyone!(create_session))
            .described(
                "Sign in",
                "Failed attempts delay the next ones, even with the right password: 429 with \
                 `Retry-After`.",
            )
            .refuses(&[
                (401, "invalid_credentials"),
                (403, "suspended"),
                (429, "too_many_attempts"),
            ]),
        Route::post(
            "/sessions/refresh",
            for_anyone!(refresh_session),
        )
        .described(
            "Exchange the refresh token for new tokens",
            "A refresh token works once. If it is sent again within 30 seconds, the answer is the \
             same; later, it counts as stolen and the session ends.",
        )
        .refuses(&[
            (401, "refresh_token_invalid"),
            (401, "session_ended"),
            (401, "suspended"),
        ]),
        Route::get("/sessions", for_caller!(list_sessions)).described(
            "List your sessions",
            "Active sessions, newest first; `current` marks the session of this request.",
        ),
        Route::delete(
            "/sessions",
            for_caller!(delete_all_sessions),
        )
        .described(
            "Sign out everywhere",
            "Ends all your sessions, including the one of this request.",
        ),
        Route::delete(
            "/sessions/current",
            for_caller!(delete_current_session),
        )
        .described(
            "Sign out",
            "Ends the session of this request: its access and refresh tokens stop working.",
        ),
        Route::delete(
            "/sessions/{id}",
            for_caller!(delete_session),
        )
        .described(
            "End one of your sessions",
            "404 for a session of another user or a session that has ended.",
        ),
    ])
}
