//! Processes that have no file descriptors left.

use bytes::Bytes;
use reqwest::{Method, Response, StatusCode};
use system_tests::harness::{Client, PATIENCE, Program, Stack, eventually};

/// Proves that a shortage of descriptors is 503 with `Retry-After`, in both servers, that new
/// connections wait, and that all is well when the shortage has passed.
#[tokio::test]
async fn without_descriptors_requests_are_503_and_new_connections_wait() {
    let stack = Stack::start().await;
    let client = Client::sign_up(&stack).await;
    let upload = client.upload(&Bytes::from_static(b"not a video")).await;
    let source = eventually("the source", PATIENCE, async || {
        let media = client.media(&upload).await;
        Some(media["playback"]["source_url"].as_str()?.to_owned())
    })
    .await;
    let fetch = async || client.api(Method::GET, &source).send().await.unwrap();
    assert_eq!(fetch().await.status(), StatusCode::OK);
    let create = async || client.try_create(1, &[]).await;
    assert_eq!(create().await.status(), StatusCode::CREATED);

    let programs = [Program::Api, Program::Upload];
    // Descriptors that are open stay open, so the clients keep their connections.
    let before = programs.map(|program| stack.process(program).limit_open_files(Some(3)));
    for refused in [fetch().await, create().await] {
        assert_is_shortage(&refused);
    }
    let other = Client::anonymous(&stack);
    let waiting = tokio::spawn(async move { other.get("/api/v1/instance").await });
    assert_is_shortage(&fetch().await);

    for (program, files) in programs.into_iter().zip(before) {
        stack.process(program).limit_open_files(files);
    }
    assert_eq!(fetch().await.status(), StatusCode::OK);
    assert_eq!(create().await.status(), StatusCode::CREATED);
    assert_eq!(waiting.await.unwrap()["name"], "Pawl");
}

fn assert_is_shortage(answer: &Response) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "1");
}
