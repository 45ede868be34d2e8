//! Accounts: sign-up, the own account, and changes of passwords.
//!
//! `POST /users` · `GET /me` · `PUT /me/password`

pub mod actions;
mod mailboxes;
pub mod model;
mod password;
mod reset;
mod sign_up;
mod status;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{create_user, get_me, update_password};
use crate::routes::{Route, Tag, for_anyone, for_caller};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Accounts.of([
        Route::post("/users", for_anyone!(create_user))
            .limited_as_sign_up()
            .described(
                "Sign up",
                "Creates an account, with an avatar if a form contains a file `picture`. The user is \
                 not signed in.",
            )
            .refuses(&[(409, "email_taken"), (409, "username_taken"), (503, "busy")]),
        Route::get("/me", for_caller!(get_me))
            .described(
                "Read your own account",
                "Your profile, with the e-mail address and the role, which only you see.",
            ),
        Route::put("/me/password", for_caller!(update_password))
            .described(
                "Change your password",
                "Ends all your other sessions. A wrong current password counts as a failed sign-in.",
            )
            .refuses(&[(403, "wrong_password"), (429, "too_many_attempts")]),
    ])
}
