//! The progress of a transcode, observed while it runs.

use std::path::Path;

use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::harness::{Client, DEADLINE, Stack, eventually, loop_video};

#[tokio::test]
async fn the_owner_sees_how_far_the_transcode_is_and_others_do_not() {
    let stack = Stack::start().await;
    let (ada, eve) = (Client::sign_up(&stack).await, Client::sign_up(&stack).await);
    let upload = ada.upload(&long_video(stack.folder()).await).await;
    let post = json!({
        "text": "A rabbit, again and again",
        "visibility": "public",
        "media": [{ "upload_id": upload.id, "alt": "" }],
    });
    let post = ada.post("/api/v1/posts", &post, StatusCode::CREATED).await;
    let post = format!("/api/v1/posts/{}", post["id"].as_str().unwrap());
    let told = async |client: &Client| client.get(&post).await["media"][0]["progress"].clone();

    let percent = |progress: &Value| {
        progress["percent"]
            .as_f64()
            .filter(|percent| *percent > 0.0)
    };
    let (first, progress) = eventually("the first progress", DEADLINE, async || {
        let progress = ada.media(&upload).await["progress"].clone();
        Some((percent(&progress)?, progress))
    })
    .await;
    assert_eq!(progress["stage"], "encoding");
    assert!(first < 100.0, "{progress}");
    assert!(progress["eta_ms"].as_u64().is_some(), "{progress}");
    for other in [&eve, &Client::anonymous(&stack)] {
        assert_eq!(told(other).await, Value::Null);
    }
    eventually("more progress, on the post", DEADLINE, async || {
        percent(&told(&ada).await).filter(|percent| *percent > first)
    })
    .await;
}

/// The test's video repeated many times, so that the transcode takes a while.
async fn long_video(folder: &Path) -> Bytes {
    let path = folder.join("long.mp4");
    loop_video(12, &path).await;
    std::fs::read(path).unwrap().into()
}
