//! Users and their relations.

use reqwest::Method as M;

use super::super::{Row, row};
use super::{OPEN, SEEN, SIGNED_IN, signed_in};

/// Visible only to admins.
const TO_ADMINS: [u16; 6] = [404, 404, 404, 404, 404, 200];

/// Visible to every signed-in user.
const LISTED: [u16; 6] = [401, 200, 404, 200, 200, 200];
/// Of a private account: the owner of the other resources is a stranger here.
const OF_SECRET: [u16; 6] = [401, 404, 404, 200, 404, 200];

pub fn rows() -> Vec<Row> {
    // Users cannot follow, block or mute themselves.
    let on_others = [401, 204, 204, 204, 422, 204];
    vec![
        row("get_user", (M::GET, "/users/owner"), SEEN),
        row("get_user", (M::GET, "/users/secret"), OPEN),
        row("get_user", (M::GET, "/users/suspended"), TO_ADMINS),
        row(
            "follow_user",
            (M::PUT, "/users/owner/follow"),
            [401, 204, 404, 204, 422, 204],
        ),
        row(
            "follow_user",
            (M::PUT, "/users/secret/follow"),
            signed_in(204),
        ),
        row(
            "unfollow_user",
            (M::DELETE, "/users/owner/follow"),
            [401, 204, 404, 204, 204, 204],
        ),
        row("list_followers", (M::GET, "/users/owner/followers"), LISTED),
        row(
            "list_followers",
            (M::GET, "/users/secret/followers"),
            OF_SECRET,
        ),
        row("list_following", (M::GET, "/users/owner/following"), LISTED),
        row(
            "list_following",
            (M::GET, "/users/secret/following"),
            OF_SECRET,
        ),
        row("block_user", (M::PUT, "/users/owner/block"), on_others),
        row(
            "unblock_user",
            (M::DELETE, "/users/owner/block"),
            signed_in(204),
        ),
        row("list_blocks", (M::GET, "/blocks"), SIGNED_IN),
        row("mute_user", (M::PUT, "/users/owner/mute"), on_others),
        row(
            "unmute_user",
            (M::DELETE, "/users/owner/mute"),
            signed_in(204),
        ),
        row("list_mutes", (M::GET, "/mutes"), SIGNED_IN),
        row(
            "list_follow_requests",
            (M::GET, "/follow-requests"),
            SIGNED_IN,
        ),
        row(
            "accept_follow_request",
            (M::PUT, "/follow-requests/asker"),
            [401, 404, 404, 404, 204, 404],
        ),
        row(
            "decline_follow_request",
            (M::DELETE, "/follow-requests/asker"),
            signed_in(204),
        ),
    ]
}
