//! Media and uploads by id. `access/media.rs` tests their files.

use reqwest::Method as M;

use super::super::{Row, row};
use super::{NOWHERE, OF_SECRET, PRIVATE, SEEN, TO_FOLLOWERS, signed_in};

// The ids in `access/scene.rs`.
const ON_PUBLIC: &str = "/media/01990000-0000-7000-8000-000000000001";
const ON_FOLLOWERS: &str = "/media/01990000-0000-7000-8000-000000000002";
const ON_PRIVATE: &str = "/media/01990000-0000-7000-8000-000000000003";
const FREE: &str = "/media/01990000-0000-7000-8000-000000000004";
const AS_AVATAR: &str = "/media/01990000-0000-7000-8000-000000000005";
const ON_SECRET: &str = "/media/01990000-0000-7000-8000-000000000006";
const AS_COVER: &str = "/media/01990000-0000-7000-8000-000000000007";
const ON_DRAFT: &str = "/media/01990000-0000-7000-8000-000000000008";
const ON_DELETED: &str = "/media/01990000-0000-7000-8000-000000000009";
const REPLACED: &str = "/media/01990000-0000-7000-8000-00000000000a";
const UNKNOWN: &str = "/media/01990000-0000-7000-8000-000000000000";
const UPLOAD: &str = "/uploads/01990000-0000-7000-8000-000000000004";

pub fn rows() -> Vec<Row> {
    vec![
        row("get_media", (M::GET, ON_PUBLIC), SEEN),
        row("get_media", (M::GET, ON_FOLLOWERS), TO_FOLLOWERS),
        row("get_media", (M::GET, ON_PRIVATE), PRIVATE),
        row("get_media", (M::GET, FREE), PRIVATE),
        row("get_media", (M::GET, ON_SECRET), OF_SECRET),
        row("get_media", (M::GET, AS_AVATAR), SEEN),
        row("get_media", (M::GET, AS_COVER), SEEN),
        row("get_media", (M::GET, ON_DRAFT), PRIVATE),
        row("get_media", (M::GET, ON_DELETED), NOWHERE),
        // Its files remain for a day.
        row("get_media", (M::GET, REPLACED), NOWHERE),
        row("delete_media", (M::DELETE, REPLACED), signed_in(404)),
        row(
            "delete_media",
            (M::DELETE, FREE),
            [401, 404, 404, 404, 204, 204],
        ),
        // Media on a post are removed by changing the post.
        row(
            "delete_media",
            (M::DELETE, ON_PUBLIC),
            [401, 403, 404, 403, 403, 403],
        ),
        row("delete_media", (M::DELETE, UNKNOWN), signed_in(404)),
        row(
            "get_upload",
            (M::GET, UPLOAD),
            [401, 404, 404, 404, 200, 404],
        ),
    ]
}
