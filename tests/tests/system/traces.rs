//! The trace of a request (W3C Trace Context) is in the log lines of the jobs that it queues.

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde_json::json;
use system_tests::harness::{Client, DEADLINE, Program, Stack, Upload, eventually};

const FINISH: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const DELETION: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test]
async fn a_trace_is_in_the_lines_of_the_jobs_that_its_requests_queue() {
    let at_once = [(Program::Api, "PAWL_PURGE_AFTER", "0")];
    let stack = Stack::start_with(&at_once).await;
    let ada = Client::sign_up(&stack).await;

    let traced = finish(&ada, &traceparent(FINISH)).await;
    let invalid = finish(&ada, &traceparent(FINISH).to_uppercase()).await;
    for upload in [&traced, &invalid] {
        assert_eq!(ada.settled(upload, DEADLINE).await["state"], "failed");
    }
    let lines = lines_of(&stack, Program::Transcoder, &traced.id, 2).await;
    assert!(lines.iter().all(|line| line.contains(FINISH)), "{lines:?}");
    let lines = lines_of(&stack, Program::Transcoder, &invalid.id, 2).await;
    let is_traced = |line: &String| line.contains("trace_id");
    assert!(!lines.iter().any(is_traced), "{lines:?}");

    let post = json!({
        "text": "Gone soon",
        "visibility": "public",
        "media": [{ "upload_id": traced.id, "alt": "" }],
    });
    let post = ada.post("/api/v1/posts", &post, StatusCode::CREATED).await;
    let path = format!("/api/v1/posts/{}", post["id"].as_str().unwrap());
    let delete = ada.api(Method::DELETE, &path);
    let deleted = delete.header("traceparent", traceparent(DELETION)).send();
    assert_eq!(deleted.await.unwrap().status(), StatusCode::NO_CONTENT);
    // The job of the post queues that of its media item, in the same trace.
    let lines = lines_of(&stack, Program::Api, "completed a job", 2).await;
    assert!(
        lines.iter().all(|line| line.contains(DELETION)),
        "{lines:?}"
    );
}

fn traceparent(trace: &str) -> String {
    format!("00-{trace}-00f067aa0ba902b7-01")
}

/// Uploads a file that is not a video; its last request has this `traceparent`.
async fn finish(client: &Client, traceparent: &str) -> Upload {
    let bytes = Bytes::from_static(b"not a video");
    let upload = client.create_upload(bytes.len()).await;
    let append = client.patch(&upload, 0, bytes);
    let answer = append.header("traceparent", traceparent).send().await;
    assert_eq!(answer.unwrap().status(), StatusCode::NO_CONTENT);
    upload
}

/// The lines in a program's log that contain `text`, when there are at least `count`.
async fn lines_of(stack: &Stack, program: Program, text: &str, count: usize) -> Vec<String> {
    eventually("lines in the log", DEADLINE, async || {
        let log = stack.log(program);
        let lines = log.lines().filter(|line| line.contains(text));
        let lines: Vec<_> = lines.map(str::to_owned).collect();
        (lines.len() >= count).then_some(lines)
    })
    .await
}
