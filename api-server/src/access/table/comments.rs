//! Comments: users who see the post may write them; their author may change them; their author, the
//! post's author and admins may delete them. The role of admin allows reading and deleting, not
//! writing.

use reqwest::Method as M;
use serde_json::json;

use super::super::{Row, row};
use super::{NOWHERE, OF_SECRET, PRIVATE, SEEN, TO_FOLLOWERS, signed_in};

pub fn rows() -> Vec<Row> {
    [on_public_and_private(), on_others()]
        .into_iter()
        .flatten()
        .collect()
}

fn on_public_and_private() -> Vec<Row> {
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

/// Comments on a post for followers, a draft, a deleted post and a private account's post. All are
/// by the follower, except those on the draft and the deleted post, which are by the owner.
fn on_others() -> Vec<Row> {
    let text = json!({"text": "a word"});
    let [on_draft, on_deleted, on_secret] = [
        "/posts/4/comments",
        "/posts/5/comments",
        "/posts/6/comments",
    ];
    let mut rows = vec![
        row("list_post_comments", (M::GET, on_draft), PRIVATE),
        row("list_post_comments", (M::GET, on_deleted), NOWHERE),
        row("list_post_comments", (M::GET, on_secret), OF_SECRET),
        row("get_comment", (M::GET, "/comments/5"), TO_FOLLOWERS),
        row("get_comment", (M::GET, "/comments/6"), OF_SECRET),
        row("get_comment", (M::GET, "/comments/7"), NOWHERE),
        row("get_comment", (M::GET, "/comments/8"), PRIVATE),
    ];
    for (path, expected) in [
        (on_draft, [401, 404, 404, 404, 201, 404]),
        (on_deleted, signed_in(404)),
        (on_secret, [401, 404, 404, 201, 404, 404]),
    ] {
        rows.push(row("create_comment", (M::POST, path), expected).with(text.clone()));
    }
    for (path, expected) in [
        ("/comments/5", [401, 404, 404, 200, 403, 403]),
        ("/comments/6", [401, 404, 404, 200, 404, 403]),
        ("/comments/7", signed_in(404)),
        ("/comments/8", [401, 404, 404, 404, 200, 403]),
    ] {
        rows.push(row("update_comment", (M::PATCH, path), expected).with(text.clone()));
    }
    for (path, expected) in [
        ("/comments/5", [401, 404, 404, 204, 204, 204]),
        ("/comments/6", [401, 404, 404, 204, 404, 204]),
        ("/comments/7", signed_in(404)),
        ("/comments/8", [401, 404, 404, 404, 204, 204]),
    ] {
        rows.push(row("delete_comment", (M::DELETE, path), expected));
    }
    for (path, expected) in [
        ("/comments/5/like", [401, 404, 404, 204, 204, 404]),
        ("/comments/6/like", [401, 404, 404, 204, 404, 404]),
        ("/comments/7/like", signed_in(404)),
        ("/comments/8/like", [401, 404, 404, 404, 204, 404]),
    ] {
        rows.push(row("like_comment", (M::PUT, path), expected));
        rows.push(row("unlike_comment", (M::DELETE, path), expected));
    }
    rows
}
