//! The list of all domains' routes.

use super::route::Route;
use crate::{accounts, feed, instance, likes, media_items, posts, profiles, search, sessions};
use crate::{blocks, comments, follows, mutes, uploads};

/// Every route.
pub fn all() -> Vec<Route> {
    [
        accounts::routes(),
        sessions::routes(),
        profiles::routes(),
        follows::routes(),
        blocks::routes(),
        mutes::routes(),
        posts::routes(),
        comments::routes(),
        likes::routes(),
        feed::routes(),
        search::routes(),
        media_items::routes(),
        uploads::routes(),
        instance::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
