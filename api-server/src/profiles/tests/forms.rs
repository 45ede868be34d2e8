//! The text fields of forms, which are validated like JSON.

use reqwest::Method;
use serde_json::json;

use super::pictures::{
    DEFAULT, Part, files, picture, send_form, sign_up_form, uploaded_picture, url_of,
};
use crate::testing::{Answer, TestApp, sign_up};

/// Signs up with a form in which `field` is `bytes`.
async fn sign_up_with(test: &TestApp, field: &str, bytes: &[u8]) -> Answer {
    let (fields, file) = (sign_up("ada"), picture(64, 64));
    let mut parts = sign_up_form(&fields, &file);
    for part in &mut parts {
        if part.0 == field {
            part.2 = bytes;
        }
    }
    send_form(&test.anon(), Method::POST, "/users", &parts).await
}

async fn assert_nothing_made(test: &TestApp) {
    assert_eq!(test.anon().get("/users/ada").await.status, 404);
    assert_eq!(files(test), 0);
}

#[tokio::test]
async fn text_that_is_no_utf_8_is_400() {
    let test = TestApp::start().await;
    for text in [&b"\xff"[..], b"Ad\xc3", b"\xed\xa0\x80", b"\xc0\x80"] {
        for name in ["username", "first_name", "password"] {
            let answer = sign_up_with(&test, name, text).await;
            assert_eq!(
                answer.refusal(),
                (400, "malformed_form".to_owned()),
                "{name}"
            );
        }
    }
    assert_nothing_made(&test).await;
}

#[tokio::test]
async fn nuls_are_refused_where_they_are() {
    let test = TestApp::start().await;
    for (name, code) in [
        ("username", "invalid_username"),
        ("email", "invalid_email"),
        ("first_name", "invalid_name"),
        ("last_name", "invalid_name"),
    ] {
        for text in [&b"\0"[..], b"ada\0", b"\0ada@example.org"] {
            let answer = sign_up_with(&test, name, text).await;
            assert_eq!(answer.faults(), [(format!("/{name}"), code.to_owned())]);
        }
    }
    assert_nothing_made(&test).await;
}

#[tokio::test]
async fn text_over_64_kib_is_413_and_the_client_gets_to_read_it() {
    let test = TestApp::start().await;
    let fits = vec![b'a'; 63 << 10];
    let answer = sign_up_with(&test, "first_name", &fits).await;
    let fault = ("/first_name".to_owned(), "invalid_name".to_owned());
    assert_eq!(answer.faults(), [fault]);
    for size in [(64 << 10) + 1, 1 << 20, 9 << 20] {
        let answer = sign_up_with(&test, "first_name", &vec![b'a'; size]).await;
        assert_eq!(
            answer.refusal(),
            (413, "body_too_large".to_owned()),
            "{size}"
        );
    }
    let half = vec![b'a'; (32 << 10) + 1];
    let parts: [Part; 2] = [("first_name", None, &half), ("last_name", None, &half)];
    let answer = send_form(&test.anon(), Method::POST, "/users", &parts).await;
    assert_eq!(
        answer.refusal(),
        (413, "body_too_large".to_owned()),
        "all together"
    );
    assert_nothing_made(&test).await;
}

#[tokio::test]
async fn a_picture_is_sent_or_named_and_not_both() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let (sent, id) = (
        picture(64, 64),
        uploaded_picture(&test, &ada).await.to_string(),
    );
    let file: Part = ("picture", Some(("me.jpg", "image/jpeg")), &sent);
    for path in ["/me/avatar", "/me/cover"] {
        let both = [file, ("upload_id", None, id.as_bytes())];
        let answer = send_form(&ada, Method::PUT, path, &both).await;
        let fault = ("/upload_id".to_owned(), "too_many_pictures".to_owned());
        assert_eq!(answer.faults(), [fault], "{path}");
    }
    assert_eq!(url_of(&ada, "avatar_url").await, DEFAULT);
    assert_eq!(files(&test), 0);
    // The upload is still usable, by a form too.
    let named = [("upload_id", None, id.as_bytes())];
    let answer = send_form(&ada, Method::PUT, "/me/cover", &named).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(ada.get("/me").await.json()["avatar_url"], json!(DEFAULT));
}
