//! Comments: who sees the post may write; their author changes them; their author, the post's
//! author and admins delete them. An admin's role reads and deletes; it writes nowhere.

use reqwest::Method as M;
use serde_json::json;

use super::super::{Row, row};
use super::{PRIVATE, SEEN, TO_FOLLOWERS};

pub fn rows() -> Vec<Row> {
    let (of_1, of_2, of_3) = (
        "/posts/1/comments",
        "/posts/2/comments",
        "/posts/3/comments",
    );
    let text = json!({"text": "a word"});
    let like = [401, 204, 404, 204, 204, 204];
    vec![
        row("list_post_comments", (M::GET, of_1), SEEN),
        row("list_post_comments", (M::GET, of_2), TO_FOLLOWERS),
        row("list_post_comments", (M::GET, of_3), PRIVATE),
        row(
            "create_comment",
            (M::POST, of_1),
            [401, 201, 404, 201, 201, 201],
        )
        .with(text.clone()),
        row(
            "create_comment",
            (M::POST, of_2),
            [401, 404, 404, 201, 201, 404],
        )
        .with(text.clone()),
        row(
            "create_comment",
            (M::POST, of_3),
            [401, 404, 404, 404, 201, 404],
        )
        .with(text.clone()),
        row("get_comment", (M::GET, "/comments/1"), SEEN),
        row("get_comment", (M::GET, "/comments/3"), PRIVATE),
        row(
            "update_comment",
            (M::PATCH, "/comments/1"),
            [401, 403, 404, 200, 403, 403],
        )
        .with(text.clone()),
        row(
            "update_comment",
            (M::PATCH, "/comments/2"),
            [401, 403, 404, 403, 200, 403],
        )
        .with(text.clone()),
        row(
            "update_comment",
            (M::PATCH, "/comments/3"),
            [401, 404, 404, 404, 200, 403],
        )
        .with(text),
        row(
            "delete_comment",
            (M::DELETE, "/comments/1"),
            [401, 403, 404, 204, 204, 204],
        ),
        row(
            "delete_comment",
            (M::DELETE, "/comments/2"),
            [401, 403, 404, 403, 204, 204],
        ),
        row("like_comment", (M::PUT, "/comments/1/like"), like),
        row(
            "like_comment",
            (M::PUT, "/comments/3/like"),
            [401, 404, 404, 404, 204, 404],
        ),
        row("unlike_comment", (M::DELETE, "/comments/1/like"), like),
    ]
}
