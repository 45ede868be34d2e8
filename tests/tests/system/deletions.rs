//! A post is deleted while an upload to it is in progress: before the last byte, after it, and at
//! the same time. The unfinished upload produces nothing, and no worker processes a finished one.

use bytes::Bytes;
use futures_util::{StreamExt, future::join, stream};
use reqwest::{Method, StatusCode};
use serde_json::json;
use system_tests::harness::{
    Client, DEADLINE, Program, Seed, Stack, Upload, eventually, offset_in,
};
use tokio::sync::oneshot;

const LENGTH: usize = 100_000;
const HALF: usize = LENGTH / 2;

#[tokio::test]
async fn an_upload_whose_post_is_deleted_is_gone_for_its_writer() {
    let (stack, ada) = stage().await;
    let (post, upload) = half_an_upload(&ada).await;
    delete(&ada, &post).await;
    assert_eq!(send_rest(&ada, &upload).await, StatusCode::GONE);
    assert_eq!(head(&ada, &upload).await, (StatusCode::GONE, None));
    assert_eq!(left(&stack).await, (0, 0, 0));
}

#[tokio::test]
async fn an_append_under_way_when_its_post_is_deleted_is_not_acknowledged() {
    let (stack, ada) = stage().await;
    let (post, upload) = half_an_upload(&ada).await;
    let (go_on, rest) = oneshot::channel::<()>();
    let first = stream::iter([Ok::<_, oneshot::error::RecvError>(bytes(HALF / 2))]);
    let rest = stream::once(async move { rest.await.map(|()| bytes(HALF / 2)) });
    let body = reqwest::Body::wrap_stream(first.chain(rest));
    let patch = ada
        .patch(&upload, HALF, body)
        .header("Content-Length", HALF);
    let sending = tokio::spawn(patch.send());
    let source = stack.store().join("sources").join(&upload.id);
    eventually("a part to arrive", DEADLINE, async || {
        let length = std::fs::metadata(&source).ok()?.len();
        (length > HALF as u64).then_some(())
    })
    .await;
    delete(&ada, &post).await;
    go_on.send(()).unwrap();
    let answer = sending.await.unwrap().expect("it is answered");
    assert_eq!(answer.status(), StatusCode::GONE);
    assert_eq!(head(&ada, &upload).await, (StatusCode::GONE, None));
    assert_eq!(left(&stack).await, (0, 0, 0));
}

#[tokio::test]
async fn nobody_works_on_a_finished_upload_whose_post_is_deleted() {
    let (stack, ada) = stage().await;
    let (post, upload) = half_an_upload(&ada).await;
    assert_eq!(send_rest(&ada, &upload).await, StatusCode::NO_CONTENT);
    assert_eq!(left(&stack).await, (1, 0, 1));
    delete(&ada, &post).await;
    assert_eq!(left(&stack).await, (0, 0, 1));
}

#[tokio::test]
async fn a_finish_and_the_deletion_of_its_post_come_one_after_the_other() {
    const ROUNDS: usize = 24;
    let (stack, ada) = stage().await;
    let mut seed = Seed::of_this_run();
    let mut finished = 0;
    for round in 0..ROUNDS {
        let (post, upload) = half_an_upload(&ada).await;
        // Polling something else shifts the two operations against each other.
        let (before_one, before_other) = (seed.within(0..4), seed.within(0..4));
        let finishing = async {
            look_around(&ada, before_one).await;
            send_rest(&ada, &upload).await
        };
        let deleting = async {
            look_around(&ada, before_other).await;
            delete(&ada, &post).await;
        };
        let (answer, ()) = join(finishing, deleting).await;
        let expected = match answer {
            StatusCode::NO_CONTENT => (StatusCode::OK, Some(LENGTH)),
            StatusCode::GONE => (StatusCode::GONE, None),
            other => panic!("round {round}: {other}"),
        };
        finished += i64::from(answer == StatusCode::NO_CONTENT);
        assert_eq!(head(&ada, &upload).await, expected, "round {round}");
        assert_eq!(left(&stack).await, (0, 0, finished), "round {round}");
    }
    println!("{finished} of {ROUNDS} were finished before their posts were deleted");
}

/// A stack without workers, and a user.
async fn stage() -> (Stack, Client) {
    let stack = Stack::start().await;
    stack.terminate(Program::Transcoder, DEADLINE).await;
    let ada = Client::sign_up(&stack).await;
    (stack, ada)
}

/// A new post's id, and an upload to it that has half of its bytes.
async fn half_an_upload(client: &Client) -> (String, Upload) {
    let post = json!({ "text": "x", "visibility": "public", "media": [] });
    let post = client
        .post("/api/v1/posts", &post, StatusCode::CREATED)
        .await;
    let post = post["id"].as_str().unwrap().to_owned();
    let metadata = [("filetype", "video/mp4"), ("post_id", post.as_str())];
    let upload = client.create_upload_of(LENGTH, &metadata).await;
    client.append(&upload, 0, bytes(HALF)).await;
    (post, upload)
}

async fn send_rest(client: &Client, upload: &Upload) -> StatusCode {
    let patch = client.patch(upload, HALF, bytes(LENGTH - HALF));
    patch.send().await.expect("upload-server answers").status()
}

async fn head(client: &Client, upload: &Upload) -> (StatusCode, Option<usize>) {
    let answer = client.tus(Method::HEAD, &upload.path).send().await.unwrap();
    (answer.status(), offset_in(&answer))
}

async fn delete(client: &Client, post: &str) {
    let delete = client.api(Method::DELETE, &format!("/api/v1/posts/{post}"));
    let answer = delete.send().await.expect("api-server answers");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

async fn look_around(client: &Client, times: usize) {
    for _ in 0..times {
        client.get("/api/v1/me").await;
    }
}

fn bytes(length: usize) -> Bytes {
    Bytes::from(vec![b'x'; length])
}

/// Counts waiting and running jobs on media, ready media, and finished uploads.
async fn left(stack: &Stack) -> (i64, i64, i64) {
    sqlx::query_as(
        r"
        select
            (select count(*) from jobs
                where media_id is not null and state in ('queued', 'running')),
            (select count(*) from media where state = 'ready'),
            (select count(*) from uploads where state = 'complete')
        ",
    )
    .fetch_one(&stack.database.pool)
    .await
    .expect("the query works")
}
