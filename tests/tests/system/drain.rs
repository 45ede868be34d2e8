//! F13: SIGTERM under load. Running requests complete or can be resumed, no process is left, and
//! the exit code is 0 within the grace period.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{StreamExt, future::join_all, stream};
use reqwest::StatusCode;
use serde_json::json;
use system_tests::harness::{
    Client, DEADLINE, Program, Stack, Upload, decode, eventually, offset_in,
    processes_that_mention, video_file,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

/// Much longer than [`DEADLINE`]: a drain that waits for the grace fails the test.
const LONG_GRACE: [(Program, &str, &str); 3] = [
    (Program::Api, "PAWL_DRAIN_GRACE", "10m"),
    (Program::Upload, "PAWL_DRAIN_GRACE", "10m"),
    (Program::Transcoder, "PAWL_DRAIN_GRACE", "10m"),
];

#[tokio::test]
async fn upload_server_answers_an_append_under_way_with_what_it_keeps() {
    let mut stack = Stack::start_with(&LONG_GRACE).await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    let (upload, half, sending) = send_half(&stack, &ada, &video).await;
    let mut idle = idle_connection(&stack.upload_url()).await;

    let status = stack.terminate(Program::Upload, DEADLINE).await;
    assert_eq!(status.code(), Some(0));
    let answer = sending.await.unwrap().expect("the append was answered");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(offset_in(&answer), Some(half.len()));
    assert_closed(&mut idle).await;

    stack.restart(Program::Upload).await;
    assert_eq!(ada.offset(&upload).await, Some(half.len()));
    ada.finish_upload(&upload, &video).await;
    decode(&ada.playlist(&upload).await).await;
}

#[tokio::test]
async fn a_drain_killed_at_any_step_keeps_what_was_received() {
    let mut stack = Stack::start_with(&LONG_GRACE).await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    for point in ["drain.noticed", "append.synced", "drain.settled"] {
        stack.terminate(Program::Upload, DEADLINE).await;
        let armed = format!("{point}:kill");
        stack
            .restart_with(Program::Upload, &[("PAWL_FAIL_POINT", &armed)])
            .await;
        let (upload, half, sending) = send_half(&stack, &ada, &video).await;
        let status = stack.terminate(Program::Upload, DEADLINE).await;
        assert_eq!(status.code(), None, "{point}: it was killed");
        assert!(sending.await.unwrap().is_err(), "{point}: no answer came");

        stack.restart(Program::Upload).await;
        assert_eq!(ada.offset(&upload).await, Some(half.len()), "{point}");
        ada.finish_upload(&upload, &video).await;
        assert_eq!(ada.offset(&upload).await, Some(video.len()), "{point}");
    }
}

#[tokio::test]
async fn api_server_ends_the_requests_it_has_begun() {
    const REQUESTS: usize = 6;
    let stack = Stack::start_with(&LONG_GRACE).await;
    let mut idle = idle_connection(&stack.api_url()).await;
    let sign_ups = (0..REQUESTS).map(|number| {
        let request = json!({
            "username": format!("grace{number}"),
            "email": format!("grace{number}@example.org"),
            "password": "correct horse battery",
            "first_name": "Grace",
            "last_name": "Hopper",
        });
        let client = Client::anonymous(&stack);
        tokio::spawn(
            client
                .api(reqwest::Method::POST, "/api/v1/users")
                .json(&request)
                .send(),
        )
    });
    let sign_ups: Vec<_> = sign_ups.collect();
    // Hashing a password takes long enough to interrupt it.
    eventually("all to be begun, and one answered", DEADLINE, async || {
        let answered = sign_ups.iter().filter(|one| one.is_finished()).count();
        let begun = answered + running_requests(&stack).await;
        (answered > 0 && begun >= REQUESTS).then_some(())
    })
    .await;

    let status = stack.terminate(Program::Api, DEADLINE).await;
    assert_eq!(status.code(), Some(0));
    let answers = join_all(sign_ups)
        .await
        .into_iter()
        .map(|answer| answer.unwrap().unwrap());
    assert!(
        answers
            .into_iter()
            .all(|answer| answer.status() == StatusCode::CREATED)
    );
    let users: i64 = sqlx::query_scalar("select count(*) from users")
        .fetch_one(&stack.database.pool)
        .await
        .unwrap();
    assert_eq!(usize::try_from(users).unwrap(), REQUESTS);
    assert_closed(&mut idle).await;
}

#[tokio::test]
async fn transcoder_stops_ffmpeg_and_gives_the_job_back() {
    let mut stack = Stack::start_with(&LONG_GRACE).await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    let upload = ada.upload(&video).await;
    eventually("ffmpeg to run", DEADLINE, async || {
        (!processes_that_mention("ffmpeg", stack.folder()).is_empty()).then_some(())
    })
    .await;

    let status = stack.terminate(Program::Transcoder, DEADLINE).await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(processes_that_mention("ffmpeg", stack.folder()), [""; 0]);
    assert_eq!(ada.media(&upload).await["state"], "processing");

    stack.restart(Program::Transcoder).await;
    decode(&ada.playlist(&upload).await).await;
}

/// The requests that api-server has begun and not answered.
async fn running_requests(stack: &Stack) -> usize {
    let url = stack.url(Program::Api.ops_setting());
    let answer = reqwest::get(format!("{url}/metrics")).await.unwrap();
    let metrics = answer.text().await.unwrap();
    let mut lines = metrics.lines();
    let count = lines.find_map(|line| line.strip_prefix("pawl_http_requests_running "));
    count.expect("the gauge is there").parse().unwrap()
}

/// A connection that got an answer and waits for its next request.
async fn idle_connection(url: &str) -> TcpStream {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    // An answer without a body ends with its head.
    let request = format!("HEAD /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let byte = timeout(DEADLINE, stream.read_u8())
            .await
            .expect("an answer in time");
        answer.push(byte.expect("it stays open"));
    }
    stream
}

async fn assert_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let end = timeout(DEADLINE, stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the idle connection is still open");
}

/// Starts an append of the whole video, of which only the first half is sent.
async fn send_half(
    stack: &Stack,
    client: &Client,
    video: &Bytes,
) -> (
    Upload,
    Bytes,
    JoinHandle<reqwest::Result<reqwest::Response>>,
) {
    let upload = client.create_upload(video.len()).await;
    let half = video.slice(..video.len() / 2);
    let body = stream::iter([Ok::<_, Infallible>(half.clone())]).chain(stream::pending());
    let patch = client
        .patch(&upload, 0, reqwest::Body::wrap_stream(body))
        .header("Content-Length", video.len());
    let sending = tokio::spawn(patch.send());
    let source = stack.store().join("sources").join(&upload.id);
    eventually("the half to arrive", DEADLINE, async || {
        let length = std::fs::metadata(&source).ok()?.len();
        (length == half.len() as u64).then_some(())
    })
    .await;
    (upload, half, sending)
}
