//! What is refused, when, and with which code; and files that are not of their declared type.

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use system_tests::harness::{Client, DEADLINE, VIDEO, eventually, video_file};
use tokio::process::Command;

use super::lent_stack;

#[tokio::test]
async fn uploads_want_a_valid_token() {
    let stack = lent_stack();
    let ada = stack.sign_up().await;
    let upload = ada.create_upload(1_000).await;
    let nobody = stack.anonymous();
    assert_eq!(
        nobody.try_create(1_000, VIDEO).await.status(),
        StatusCode::UNAUTHORIZED
    );
    for token in ["", "nonsense", &ada.token()[..ada.token().len() - 4]] {
        let created = nobody
            .tus(Method::POST, "/files/")
            .header("Upload-Length", 1_000);
        let appended = nobody.patch(&upload, 0, "bytes");
        for request in [created, appended, nobody.tus(Method::HEAD, &upload.path)] {
            let answer = request.bearer_auth(token).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    }
    assert_eq!(ada.offset(&upload).await, Some(0));
}

#[tokio::test]
async fn an_ended_session_may_not_go_on_uploading() {
    let stack = lent_stack();
    let ada = stack.sign_up().await;
    let upload = ada.create_upload(1_000).await;
    let signed_out = ada
        .api(Method::DELETE, "/api/v1/sessions/current")
        .send()
        .await
        .unwrap();
    assert_eq!(signed_out.status(), StatusCode::NO_CONTENT);
    eventually("the token to be refused", DEADLINE, async || {
        let answer = ada.tus(Method::HEAD, &upload.path).send().await.ok()?;
        (answer.status() == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_upload_is_404_and_unharmed() {
    let stack = lent_stack();
    let (ada, eve) = (stack.sign_up().await, stack.sign_up().await);
    let upload = ada.create_upload(1_000).await;
    ada.append(&upload, 0, Bytes::from_static(b"mine")).await;
    let requests = [
        eve.tus(Method::HEAD, &upload.path),
        eve.patch(&upload, 4, "hers"),
        eve.tus(Method::DELETE, &upload.path),
    ];
    for request in requests {
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(ada.offset(&upload).await, Some(4));
}

#[tokio::test]
async fn an_upload_for_somebody_elses_post_is_403_where_that_is_visible_and_404_where_not() {
    let stack = lent_stack();
    let (ada, eve) = (stack.sign_up().await, stack.sign_up().await);
    for (visibility, expected) in [
        ("public", StatusCode::FORBIDDEN),
        ("private", StatusCode::NOT_FOUND),
    ] {
        let post = json!({ "text": "Mine", "visibility": visibility, "media": [] });
        let post = ada.post("/api/v1/posts", &post, StatusCode::CREATED).await;
        let id = post["id"].as_str().unwrap();
        let metadata = [("filetype", "video/mp4"), ("post_id", id)];
        let refused = eve.try_create(1_000, &metadata).await;
        assert_eq!(refused.status(), expected, "{visibility}");
        assert_problem(refused).await;
        let own = ada.try_create(1_000, &metadata).await;
        assert_eq!(own.status(), StatusCode::CREATED, "{visibility}");
        let seen = ada.get(&format!("/api/v1/posts/{id}")).await;
        assert_eq!(seen["media"].as_array().unwrap().len(), 1, "{visibility}");
    }
}

#[tokio::test]
async fn types_that_are_not_taken_are_422_at_creation() {
    let ada = lent_stack().sign_up().await;
    for filetype in ["text/html", "image/svg+xml", "audio/x-mpegurl", "video"] {
        let answer = ada.try_create(1_000, &[("filetype", filetype)]).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{filetype}"
        );
        assert_problem(answer).await;
    }
}

#[tokio::test]
async fn an_upload_larger_than_the_largest_is_413_at_creation() {
    let ada = lent_stack().sign_up().await;
    let answer = ada.try_create(9 << 30, VIDEO).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_problem(answer).await;
}

#[tokio::test]
async fn text_that_is_named_like_a_video_uploads_and_then_fails_as_not_media() {
    let ada = lent_stack().sign_up().await;
    let text = "These are words, not pictures.\n".repeat(1_000);
    assert_eq!(code_of(&ada, text.into()).await, "not_media");
}

#[tokio::test]
async fn an_empty_file_uploads_and_then_fails_as_empty() {
    let ada = lent_stack().sign_up().await;
    assert_eq!(code_of(&ada, Bytes::new()).await, "empty");
}

#[tokio::test]
async fn a_video_without_its_index_fails() {
    let ada = lent_stack().sign_up().await;
    let (_, video) = video_file();
    // The index of this file is at its end.
    let code = code_of(&ada, video.slice(..video.len() / 2)).await;
    assert!(
        ["not_media", "truncated"].contains(&code.as_str()),
        "{code}"
    );
}

#[tokio::test]
async fn a_video_that_ends_before_its_time_fails_as_truncated() {
    let ada = lent_stack().sign_up().await;
    let (path, _) = video_file();
    let folder = tempfile::tempdir().unwrap();
    let indexed = folder.path().join("index-first.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-c", "copy", "-movflags", "+faststart"])
        .arg(&indexed)
        .status();
    assert!(made.await.unwrap().success());
    let video = Bytes::from(std::fs::read(indexed).unwrap());
    assert_eq!(
        code_of(&ada, video.slice(..video.len() * 6 / 10)).await,
        "truncated"
    );
}

/// Uploads a file, which must succeed; returns the failure code of the media item.
async fn code_of(client: &Client, bytes: Bytes) -> String {
    let upload = client.upload(&bytes).await;
    assert_eq!(
        client.offset(&upload).await,
        Some(bytes.len()),
        "the upload itself succeeds"
    );
    let media = client.settled(&upload, DEADLINE).await;
    assert_eq!(media["state"], "failed", "{media}");
    let detail = media["error"]["detail"]
        .as_str()
        .expect("words for its owner");
    assert!(detail.len() > 10, "{detail}");
    media["error"]["code"].as_str().expect("a code").to_owned()
}

async fn assert_problem(answer: reqwest::Response) {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert!(problem["code"].is_string(), "{problem}");
}
