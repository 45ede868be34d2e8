//! The main job without faults: sign up, upload, transcode, play.

use reqwest::{Method, StatusCode};
use serde_json::json;
use system_tests::harness::{Client, Program, Stack, decode, duration_seconds, video_file};

use super::lent_stack;

#[tokio::test]
async fn a_video_uploaded_in_two_parts_plays_and_its_owner_gets_it_back() {
    let stack = lent_stack();
    let ada = stack.sign_up().await;
    let (path, video) = video_file();
    let upload = ada.upload(&video).await;
    let post = json!({
        "text": "A rabbit",
        "visibility": "public",
        "media": [{ "upload_id": upload.id, "alt": "A rabbit wakes up" }],
    });
    let post = ada.post("/api/v1/posts", &post, StatusCode::CREATED).await;

    let playlist = ada.playlist(&upload).await;
    decode(&playlist).await;
    let expected = duration_seconds(path.to_str().unwrap()).await;
    let played = duration_seconds(&playlist).await;
    assert!(
        (played - expected).abs() < 0.1,
        "{played} s instead of {expected} s"
    );

    let media = ada.media(&upload).await;
    assert_eq!(media["kind"], "video");
    let source = ada.api(
        Method::GET,
        media["playback"]["source_url"].as_str().unwrap(),
    );
    assert_eq!(source.send().await.unwrap().bytes().await.unwrap(), video);

    let visitor = stack.anonymous();
    let seen = visitor
        .get(&format!("/api/v1/posts/{}", post["id"].as_str().unwrap()))
        .await;
    assert_eq!(seen["media"][0]["id"], upload.id.as_str());
    assert_eq!(seen["media"][0]["playback"]["source_url"], json!(null));
    let public = seen["media"][0]["playback"]["hls_url"].as_str().unwrap();
    assert!(public.starts_with("/media/p/"), "{public}");
    decode(&format!("{}{public}", stack.api_url())).await;
}

#[tokio::test]
async fn a_media_on_no_post_is_its_owners_alone() {
    let stack = lent_stack();
    let (ada, eve) = (stack.sign_up().await, stack.sign_up().await);
    let upload = ada.create_upload(1_000).await;
    let path = format!("/api/v1/media/{}", upload.id);
    for stranger in [&eve, &stack.anonymous()] {
        let answer = stranger.api(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(ada.media(&upload).await["state"], "uploading");
    let post = json!({
        "text": "Look, mine",
        "visibility": "public",
        "media": [{ "upload_id": upload.id, "alt": "" }],
    });
    eve.post("/api/v1/posts", &post, StatusCode::UNPROCESSABLE_ENTITY)
        .await;
}

#[tokio::test]
async fn without_watcher_and_redis_nothing_is_lost() {
    let settings = [
        (Program::Transcoder, "PAWL_WATCH", "off"),
        (Program::Api, "REDIS_URL", ""),
    ];
    let stack = Stack::start_with(&settings).await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    let upload = ada.upload(&video).await;
    decode(&ada.playlist(&upload).await).await;
}
