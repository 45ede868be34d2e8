//! Every operation of the API in a few lines: whom it answers, what it takes and gives, with which
//! codes of its own it refuses. The method and the address stand in the route table, under the same
//! operation id.

mod accounts;
mod people;
mod posts;
mod reading;

use super::operation::Operation;

/// Operations that belong together.
pub struct Group {
    pub tag: &'static str,
    pub about: &'static str,
    pub operations: Vec<Operation>,
}

/// All of them, in the order in which a newcomer reads.
pub fn all() -> Vec<Group> {
    let group = |tag, about, operations| Group {
        tag,
        about,
        operations,
    };
    vec![
        group(
            "accounts",
            "Signing up, and what one sees of oneself.",
            accounts::accounts(),
        ),
        group(
            "sessions",
            "Signing in, staying signed in, signing out.",
            accounts::sessions(),
        ),
        group("people", "What people see of each other.", people::all()),
        group("posts", "Posts and what hangs on them.", posts::posts()),
        group(
            "comments",
            "What people answer to posts and to each other.",
            posts::comments(),
        ),
        group("reading", "Feeds and search.", reading::reading()),
        group("media", "Videos and pictures.", reading::media()),
        group("instance", "This installation.", reading::instance()),
    ]
}
