//! Posts: reading, writing, changing, liking.

use reqwest::Method as M;
use serde_json::json;

use super::super::scene::FREE;
use super::super::{Row, row};
use super::{ADMIN, NOWHERE, OF_SECRET, PRIVATE, SEEN, SIGNED_IN, TO_FOLLOWERS, signed_in};

/// Users who see the post may; an admin may only read it. Without a token the answer is 401.
const LIKED: [u16; 6] = [401, 204, 404, 204, 204, 204];
const LIKED_BY_FOLLOWERS: [u16; 6] = [401, 404, 404, 204, 204, 404];

pub fn rows() -> Vec<Row> {
    let hung = json!({"visibility": "private", "media": [{"upload_id": FREE}]});
    let text = json!({"text": "changed"});
    vec![
        row("create_post", (M::POST, "/posts"), signed_in(201)).with(json!({"text": "x"})),
        row(
            "create_post",
            (M::POST, "/posts"),
            [401, 422, 422, 422, 201, 422],
        )
        .with(hung),
        row("get_post", (M::GET, "/posts/1"), SEEN),
        row("get_post", (M::GET, "/posts/2"), TO_FOLLOWERS),
        row("get_post", (M::GET, "/posts/3"), PRIVATE),
        row("get_post", (M::GET, "/posts/4"), PRIVATE),
        row("get_post", (M::GET, "/posts/5"), NOWHERE),
        row("get_post", (M::GET, "/posts/6"), OF_SECRET),
        row(
            "update_post",
            (M::PATCH, "/posts/1"),
            [401, 403, 404, 403, 200, 403],
        )
        .with(text.clone()),
        row(
            "update_post",
            (M::PATCH, "/posts/3"),
            [401, 404, 404, 404, 200, 403],
        )
        .with(text.clone()),
        row("update_post", (M::PATCH, "/posts/5"), signed_in(404)).with(text),
        row(
            "delete_post",
            (M::DELETE, "/posts/1"),
            [401, 403, 404, 403, 204, 204],
        ),
        row(
            "delete_post",
            (M::DELETE, "/posts/3"),
            [401, 404, 404, 404, 204, 204],
        ),
        row("delete_post", (M::DELETE, "/posts/5"), signed_in(404)),
        row("like_post", (M::PUT, "/posts/1/like"), LIKED),
        row("like_post", (M::PUT, "/posts/2/like"), LIKED_BY_FOLLOWERS),
        row("unlike_post", (M::DELETE, "/posts/1/like"), LIKED),
        row(
            "unlike_post",
            (M::DELETE, "/posts/2/like"),
            LIKED_BY_FOLLOWERS,
        ),
        row(
            "list_post_likes",
            (M::GET, "/posts/1/likes"),
            [401, 200, 404, 200, 200, 200],
        ),
        row(
            "list_post_likes",
            (M::GET, "/posts/2/likes"),
            [401, 404, 404, 200, 200, ADMIN],
        ),
        row(
            "list_post_likes",
            (M::GET, "/posts/3/likes"),
            [401, 404, 404, 404, 200, ADMIN],
        ),
        row("list_liked_posts", (M::GET, "/me/likes"), SIGNED_IN),
    ]
}
