//! Feeds, lists, search, and information about the server.

use reqwest::Method as M;

use super::super::{Row, row};
use super::{OPEN, SEEN, SIGNED_IN};

pub fn rows() -> Vec<Row> {
    vec![
        row("list_user_posts", (M::GET, "/users/owner/posts"), SEEN),
        row("list_user_posts", (M::GET, "/users/secret/posts"), OPEN),
        row("list_public_posts", (M::GET, "/feeds/public"), OPEN),
        row("list_home_posts", (M::GET, "/feeds/home"), SIGNED_IN),
        row("search_posts", (M::GET, "/search/posts?q=words"), OPEN),
        row("search_users", (M::GET, "/search/users?q=owner"), OPEN),
        row("search", (M::GET, "/search?q=words"), OPEN),
        row("search", (M::GET, "/search?q=owner&kind=users"), OPEN),
        row("get_instance", (M::GET, "/instance"), OPEN),
    ]
}
