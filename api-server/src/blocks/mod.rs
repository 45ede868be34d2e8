//! Blocks between users. A block works both ways: neither user sees the other.
//!
//! `PUT DELETE /users/{username}/block` · `GET /blocks`

mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{block_user, list_blocks, unblock_user};
use crate::routes::{Route, Tag, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const BLOCK: &str = "/users/{username}/block";
    Tag::People.of([
        Route::put(BLOCK, for_caller!(block_user))
            .described(
                "Block a user",
                "You no longer see each other, and follows between you end.",
            )
            .refuses(&[(422, "own_account")]),
        Route::delete(BLOCK, for_caller!(unblock_user)).described(
            "Unblock a user",
            "The follows that the block ended are not restored.",
        ),
        Route::get("/blocks", for_caller!(list_blocks))
            .described("List the users that you block", "Newest block first."),
    ])
}
