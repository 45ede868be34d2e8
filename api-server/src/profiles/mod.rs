//! Profiles of users.
//!
//! `GET /users/{username}` · `PATCH /me` · `PUT DELETE /me/avatar`, `/me/cover`

pub mod actions;
pub mod model;
mod pictures;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;

use self::actions::{
    delete_avatar, delete_cover, get_user, update_avatar, update_cover, update_me,
};
use crate::openapi::refusals::Codes;
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    let mut routes = Tag::People.of([Route::get("/users/{username}", for_viewer!(get_user))
        .described(
            "Read a user's profile",
            "Private accounts have a visible profile too. 404 if one of you blocks the other.",
        )]);
    routes.extend(Tag::Accounts.of([
        Route::patch("/me", for_caller!(update_me))
            .described(
                "Change your profile",
                "A JSON merge patch: absent fields do not change. If the account becomes private, only \
                 its followers see its public posts.",
            ),
        Route::put("/me/avatar", for_caller!(update_avatar)).refuses(OF_PICTURES)
            .described(
                "Set your avatar",
                "Send a form with a file `picture`, or the id of one of your ready uploads. \
                 The previous avatar is deleted.",
            ),
        Route::delete("/me/avatar", for_caller!(delete_avatar)).described(
            "Delete your avatar",
            "The user has the default avatar again. 204 even if none was set.",
        ),
        Route::put("/me/cover", for_caller!(update_cover)).refuses(OF_PICTURES).described(
            "Set your cover",
            "Send a form with a file `picture`, or the id of one of your ready uploads. The \
             previous cover is deleted.",
        ),
        Route::delete("/me/cover", for_caller!(delete_cover)).described(
            "Delete your cover",
            "The user has the default cover again. 204 even if none was set.",
        ),
    ]));
    routes
}

/// The errors of a request that sets a picture.
const OF_PICTURES: Codes = &[(409, "media_in_use"), (409, "media_not_ready")];
