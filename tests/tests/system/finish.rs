//! F2: upload-server is killed at each step of the finish. In the end there is exactly one finished
//! row, one job and one event.

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use system_tests::harness::{Client, DEADLINE, Program, Stack, Upload, eventually, offset_in};

/// In the order of the finish.
const POINTS: [&str; 5] = [
    "finish.received",
    "finish.synced",
    "finish.in_transaction",
    "finish.committed",
    "finish.hinted",
];

#[tokio::test]
async fn a_finish_killed_at_any_step_happens_once_when_the_client_asks_again() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    for point in POINTS {
        let (upload, bytes) = kill_at(&mut stack, &ada, point).await;
        stack.restart(Program::Upload).await;
        ada.finish_upload(&upload, &bytes).await;
        assert_happened_once(&stack, &upload, point).await;
        assert_eq!(ada.offset(&upload).await, Some(bytes.len()), "{point}");
    }
}

#[tokio::test]
async fn a_finish_killed_at_any_step_is_completed_by_the_sweep() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    for point in POINTS {
        let (upload, _) = kill_at(&mut stack, &ada, point).await;
        stack.restart(Program::Upload).await;
        // No client asks: the first sweep after the start finds it.
        eventually("the sweep to complete the finish", DEADLINE, async || {
            (happened(&stack, &upload).await == (1, 1, 1)).then_some(())
        })
        .await;
        assert_happened_once(&stack, &upload, point).await;
    }
}

#[tokio::test]
async fn a_finish_that_is_not_decided_is_never_told_as_done() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    stack.terminate(Program::Upload, DEADLINE).await;
    let stalled = [("PAWL_FAIL_POINT", "finish.synced:stall")];
    stack.restart_with(Program::Upload, &stalled).await;
    let bytes = Bytes::from(vec![b'x'; 100_000]);
    let upload = ada.create_upload(bytes.len()).await;
    let sending = tokio::spawn(ada.patch(&upload, 0, bytes.clone()).send());
    let source = stack.store().join("sources").join(&upload.id);
    eventually("all bytes to arrive", DEADLINE, async || {
        let length = std::fs::metadata(&source).ok()?.len();
        (length == bytes.len() as u64).then_some(())
    })
    .await;
    let answer = ada.tus(Method::HEAD, &upload.path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(offset_in(&answer), None);
    assert_eq!(ada.media(&upload).await["state"], "uploading");

    stack.kill(Program::Upload).await;
    assert!(sending.await.unwrap().is_err(), "nothing was acknowledged");
    stack.restart(Program::Upload).await;
    ada.finish_upload(&upload, &bytes).await;
    assert_happened_once(&stack, &upload, "finish.synced").await;
}

/// An upload whose finish was killed at `point`, and its bytes. The server is not running.
async fn kill_at(stack: &mut Stack, client: &Client, point: &str) -> (Upload, Bytes) {
    stack.terminate(Program::Upload, DEADLINE).await;
    let armed = format!("{point}:kill");
    stack
        .restart_with(Program::Upload, &[("PAWL_FAIL_POINT", &armed)])
        .await;
    let bytes = Bytes::from(vec![b'x'; 100_000]);
    let upload = client.create_upload(bytes.len()).await;
    client.append(&upload, 0, bytes.slice(..60_000)).await;
    let last = client
        .patch(&upload, 60_000, bytes.slice(60_000..))
        .send()
        .await;
    assert!(last.is_err(), "{point}: it was killed before it answered");
    let status = stack.process(Program::Upload).wait(DEADLINE).await;
    assert!(!status.success(), "{point}: {status}");
    (upload, bytes)
}

async fn assert_happened_once(stack: &Stack, upload: &Upload, point: &str) {
    assert_eq!(
        happened(stack, upload).await,
        (1, 1, 1),
        "{point}: rows, jobs, events"
    );
}

/// The numbers of finished rows, jobs, and events of the finish.
async fn happened(stack: &Stack, upload: &Upload) -> (i64, i64, i64) {
    let id: uuid::Uuid = upload.id.parse().unwrap();
    sqlx::query_as(
        r"
        select
            (select count(*) from uploads where id = $1 and state = 'complete'),
            (select count(*) from jobs where media_id = $1),
            (select count(*) from events
                where topics @> array['media:' || $1::text] and event = 'media.processing')
        ",
    )
    .bind(id)
    .fetch_one(&stack.database.pool)
    .await
    .expect("the query works")
}
