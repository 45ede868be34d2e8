//! The caller's own account and its sessions.

use reqwest::Method as M;
use serde_json::json;

use super::super::scene::PICTURE;
use super::super::{Row, row};
use super::{SIGNED_IN, signed_in};

pub fn rows() -> Vec<Row> {
    let sign_up = json!({
        "username": "new{n}", "email": "new{n}@example.org",
        "password": "correct horse battery", "first_name": "New", "last_name": "One",
    });
    let unknown = "/sessions/01990000-0000-7000-8000-000000000000";
    let passwords = json!({"current_password": "not it", "new_password": "correct horse battery"});
    let unknown_upload = json!({"upload_id": "01990000-0000-7000-8000-00000000000f"});
    let picture = json!({"upload_id": PICTURE});
    // An upload of another user is 404, even for an admin.
    let of_owner = [401, 422, 422, 422, 204, 422];
    vec![
        // These create or refresh a session, so they ignore tokens.
        row("create_user", (M::POST, "/users"), [201; 6])
            .with(sign_up)
            .without_token(),
        row("create_session", (M::POST, "/sessions"), [401; 6])
            .with(json!({"login": "nobody", "password": "correct horse battery"}))
            .without_token(),
        row("refresh_session", (M::POST, "/sessions/refresh"), [401; 6])
            .with(json!({"refresh_token": "x"}))
            .without_token(),
        row("list_sessions", (M::GET, "/sessions"), SIGNED_IN),
        row("delete_session", (M::DELETE, unknown), signed_in(404)),
        row(
            "delete_current_session",
            (M::DELETE, "/sessions/current"),
            signed_in(204),
        ),
        row(
            "delete_all_sessions",
            (M::DELETE, "/sessions"),
            signed_in(204),
        ),
        row("get_me", (M::GET, "/me"), SIGNED_IN),
        row("update_me", (M::PATCH, "/me"), SIGNED_IN).with(json!({"bio": "x"})),
        row("update_password", (M::PUT, "/me/password"), signed_in(403)).with(passwords),
        row("update_avatar", (M::PUT, "/me/avatar"), signed_in(422)).with(unknown_upload.clone()),
        row("update_avatar", (M::PUT, "/me/avatar"), of_owner).with(picture.clone()),
        row("delete_avatar", (M::DELETE, "/me/avatar"), signed_in(204)),
        row("update_cover", (M::PUT, "/me/cover"), signed_in(422)).with(unknown_upload),
        row("update_cover", (M::PUT, "/me/cover"), of_owner).with(picture),
        row("delete_cover", (M::DELETE, "/me/cover"), signed_in(204)),
    ]
}
