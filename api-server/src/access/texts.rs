//! Texts with a special meaning elsewhere are either stored and returned normalized, or refused.

use reqwest::Method;
use serde_json::{Value, json};
use shared::text::{Lines, normalized, refused_characters};

use super::bad_input::{CALLER, JSON, assert_refused, post, rows_with_bodies};
use super::scene::{FREE, Scene};
use super::{Row, digests};
use crate::testing::{Answer, send};

const TEXTS: [&str; 12] = [
    "\0",
    "a\0b",
    "'; drop table users; --",
    "' or 1=1 --",
    "<script>alert(1)</script>",
    "<img src=x onerror=\"alert(1)\"> &amp;",
    "\u{202e}\u{feff}",
    "%00%ff %s {{7*7}} ${7} \\u0000",
    "e\u{301} \u{e9} \u{fb01} \u{1f469}\u{200d}\u{1f52c}",
    "  between  spaces  ",
    "two\r\nlines\rand \u{2028} more",
    "a\u{7f}b \u{2066}c\u{2069}",
];

/// The answers of these do not contain the text.
const UNREAD: [&str; 1] = ["password"];

#[tokio::test]
async fn text_of_any_kind_in_any_field_is_kept_whole_or_refused() {
    let scene = Scene::set().await;
    let mut kept = 0;
    for row in rows_with_bodies() {
        for (number, text) in TEXTS.into_iter().enumerate() {
            // Each sign-up creates another user.
            let body = row.body_of(100 + number).unwrap();
            let fields = body.as_object().unwrap().iter();
            for (name, _) in fields.filter(|(_, value)| value.is_string()) {
                let mut changed = body.clone();
                changed[name] = json!(text);
                scene.reset().await;
                scene.test.run(FORGET).await;
                let before = digests::all(&scene).await;
                let answer = post(&scene, &row, JSON, changed.to_string().into_bytes()).await;
                if answer.status >= 300 {
                    assert_refused(&answer, &format!("{} {changed}", row.path));
                    if answer.status != 401 {
                        assert_eq!(digests::all(&scene).await, before, "{} {changed}", row.path);
                    }
                    continue;
                }
                let refused = refused_characters(&normalized(text), Lines::Many);
                assert_eq!(refused, None, "{} {changed}", row.path);
                if !UNREAD.contains(&name.as_str()) {
                    let text = normalized(text);
                    assert_kept(&scene, &row, &answer, (name, &text)).await;
                    kept += 1;
                }
            }
        }
    }
    assert!(kept > 40, "only {kept} were kept");
}

/// The users that these tests have created.
const FORGET: &str = "delete from users where username like 'new%'";

/// The field is returned normalized, at once and on later reads.
async fn assert_kept(scene: &Scene, row: &Row, answer: &Answer, (name, text): (&str, &str)) {
    let what = format!("{} {name} {text:?}", row.path);
    assert_eq!(answer.json()[name], text, "{what}");
    // Only the owner gets an e-mail address.
    if name == "email" {
        return;
    }
    let made = answer.headers.get("location");
    let path = made.map_or(row.path, |made| made.to_str().unwrap());
    let path = path.trim_start_matches("/api/v1");
    let read = scene.callers[CALLER].get(path).await;
    assert_eq!(
        (read.status, &read.json()[name]),
        (200, &json!(text)),
        "{what}"
    );
}

const SQL: &str = "'); drop table posts; --\\";
const HTML: &str = "<script>alert(\"1\")</script>&lt;";

#[tokio::test]
async fn sql_and_html_are_only_text_wherever_they_are_read() {
    for text in [SQL, HTML] {
        let scene = Scene::set().await;
        let owner = &scene.callers[CALLER];
        let names = json!({"first_name": text, "last_name": text, "bio": text});
        assert_eq!(owner.patch("/me", &names).await.status, 200);
        let media = json!([{"upload_id": FREE, "alt": text}]);
        let id = owner
            .write_post(json!({"text": text, "media": media}))
            .await;
        let comments = format!("/posts/{id}/comments");
        assert_eq!(
            owner.post(&comments, &json!({"text": text})).await.status,
            201
        );
        for (path, pointers) in [
            (
                "/users/owner".to_owned(),
                &["/first_name", "/last_name", "/bio"][..],
            ),
            (
                format!("/posts/{id}"),
                &[
                    "/text",
                    "/media/0/alt",
                    "/author/first_name",
                    "/author/last_name",
                ],
            ),
            (
                "/feeds/public".to_owned(),
                &["/items/0/text", "/items/0/media/0/alt"],
            ),
            ("/users/owner/posts".to_owned(), &["/items/0/text"]),
            (
                comments.clone(),
                &["/items/0/text", "/items/0/author/first_name"],
            ),
            (format!("/media/{FREE}"), &["/alt"]),
        ] {
            assert_only_text(&scene, &path, pointers, text).await;
        }
    }
}

async fn assert_only_text(scene: &Scene, path: &str, pointers: &[&str], text: &str) {
    let anon = scene.test.anon();
    let answer = send(anon.request(Method::GET, &format!("/api/v1{path}"))).await;
    let json = answer.json();
    for pointer in pointers {
        let found = json.pointer(pointer).and_then(Value::as_str);
        assert_eq!(found, Some(text), "{path} {pointer}: {answer:?}");
    }
    assert_eq!(answer.headers["content-type"], JSON, "{path}");
    assert_eq!(
        answer.headers["x-content-type-options"], "nosniff",
        "{path}"
    );
}
