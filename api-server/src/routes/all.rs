//! The list of all domains' routes.

use std::sync::Arc;

use super::route::Route;
use crate::app::App;
use crate::{accounts, feed, instance, likes, media, posts, profiles, search, sessions};
use crate::{blocks, comments, follows, mutes, uploads};

/// Every route there is.
pub fn all(app: &Arc<App>) -> Vec<Route> {
    [
        accounts::routes(app),
        sessions::routes(app),
        profiles::routes(app),
        follows::routes(app),
        blocks::routes(app),
        mutes::routes(app),
        posts::routes(app),
        comments::routes(app),
        likes::routes(app),
        feed::routes(app),
        search::routes(app),
        media::routes(app),
        uploads::routes(app),
        instance::routes(app),
    ]
    .into_iter()
    .flatten()
    .collect()
}
