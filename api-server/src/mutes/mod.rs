//! Mutes: posts of muted users do not appear in the user's feeds and searches. Muted users are not
//! notified, and their profiles stay visible.
//!
//! `PUT DELETE /users/{username}/mute` · `GET /mutes`

mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{list_mutes, mute_user, unmute_user};
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const MUTE: &str = "/users/{username}/mute";
    Tag::People.of([
        Route::put(MUTE, for_caller!(mute_user))
            .described(
                "Mute a user",
                "Your feeds and searches leave out their posts; you still see their profile and \
                 comments. They are not notified.",
            )
            .refuses(&[(422, "own_account")]),
        Route::delete(MUTE, for_caller!(unmute_user))
            .described("Unmute a user", "204 even if you did not mute them."),
        Route::get("/mutes", for_caller!(list_mutes))
            .described("List the users that you mute", "Newest mute first."),
    ])
}
