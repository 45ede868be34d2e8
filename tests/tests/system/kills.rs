//! Each binary is killed during its work and restarted; the main job completes.

use bytes::Bytes;
use system_tests::{
    harness::{
        Client, DEADLINE, Program, Seed, Stack, Upload, decode, eventually, processes_that_mention,
        video_file,
    },
    proxy::Proxy,
};

#[tokio::test]
async fn upload_server_killed_in_mid_patch_keeps_what_it_acknowledged_and_the_job_completes() {
    let mut seed = Seed::of_this_run();
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    let upload = ada.create_upload(video.len()).await;
    let acknowledged = seed.within(1..video.len() / 2);
    ada.append(&upload, 0, video.slice(..acknowledged)).await;

    let proxy = proxy_to(&stack.upload_url());
    proxy.set_speed(Some(400_000));
    let slow = ada.uploading_to(&proxy.url());
    let rest = slow.patch(&upload, acknowledged, video.slice(acknowledged..));
    let sending = tokio::spawn(rest.send());
    let enough = seed.within(1..video.len() / 4);
    eventually("the PATCH to be under way", DEADLINE, async || {
        (proxy.counts().up > enough).then_some(())
    })
    .await;
    stack.kill(Program::Upload).await;
    assert!(sending.await.unwrap().is_err(), "nobody was left to answer");

    stack.restart(Program::Upload).await;
    let offset = ada.offset(&upload).await.expect("the upload is open again");
    let on_disk = std::fs::metadata(stack.store().join("sources").join(&upload.id))
        .unwrap()
        .len();
    assert!(
        acknowledged <= offset,
        "acknowledged {acknowledged}, now {offset}"
    );
    assert!(offset as u64 <= on_disk, "told {offset}, on disk {on_disk}");
    complete(&stack, &ada, &upload, &video).await;
}

#[tokio::test]
async fn transcoder_killed_while_it_encodes_leaves_nothing_and_the_job_completes() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    let upload = ada.upload(&video).await;
    eventually("ffmpeg to run", DEADLINE, async || {
        (!processes_that_mention("ffmpeg", stack.folder()).is_empty()).then_some(())
    })
    .await;
    stack.kill(Program::Transcoder).await;
    assert_eq!(ada.media(&upload).await["state"], "processing");
    eventually("ffmpeg to end with its master", DEADLINE, async || {
        processes_that_mention("ffmpeg", stack.folder())
            .is_empty()
            .then_some(())
    })
    .await;

    stack.restart(Program::Transcoder).await;
    complete(&stack, &ada, &upload, &video).await;
    let attempts: i32 = scalar(
        &stack,
        "select attempts from jobs where media_id = $1",
        &upload,
    )
    .await;
    assert_eq!(attempts, 2);
}

#[tokio::test]
async fn api_server_killed_between_upload_and_playback_changes_nothing() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    let upload = ada.create_upload(video.len()).await;
    ada.append(&upload, 0, video.slice(..1_000)).await;
    stack.kill(Program::Api).await;
    // Uploading does not need a running api-server.
    ada.finish_upload(&upload, &video).await;
    stack.restart(Program::Api).await;
    complete(&stack, &ada, &upload, &video).await;
}

/// Everything is encoded and stored by then, but not published.
#[tokio::test]
async fn transcoder_killed_just_before_it_publishes_publishes_one_set_in_the_end() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    let (_, video) = video_file();
    stack.terminate(Program::Transcoder, DEADLINE).await;
    let armed = [("PAWL_FAIL_POINT", "transcode.encoded:kill")];
    stack.restart_with(Program::Transcoder, &armed).await;
    let upload = ada.upload(&video).await;
    let status = stack.process(Program::Transcoder).wait(DEADLINE).await;
    assert_eq!(status.code(), None, "it was killed");
    assert_eq!(ada.media(&upload).await["state"], "processing");
    stack.restart(Program::Transcoder).await;
    complete(&stack, &ada, &upload, &video).await;
}

/// Finishes the upload; checks that the media item plays and was published once, and that no
/// temporary file is left.
async fn complete(stack: &Stack, client: &Client, upload: &Upload, video: &Bytes) {
    client.finish_upload(upload, video).await;
    decode(&client.playlist(upload).await).await;
    let media = client.media(upload).await;
    let source = media["playback"]["source_url"].as_str().unwrap();
    let source = client
        .api(reqwest::Method::GET, source)
        .send()
        .await
        .unwrap();
    assert_eq!(source.bytes().await.unwrap(), *video);

    let sets = "select count(distinct set_id) from renditions where media_id = $1";
    assert_eq!(scalar::<i64>(stack, sets, upload).await, 1);
    let jobs = "select count(*) from jobs where media_id = $1";
    assert_eq!(scalar::<i64>(stack, jobs, upload).await, 1);
    eventually(
        "the transcoder's folder to be empty",
        DEADLINE,
        async || {
            let work = std::fs::read_dir(stack.store().join("work"));
            work.map_or(true, |mut entries| entries.next().is_none())
                .then_some(())
        },
    )
    .await;
}

/// A value that Postgres returns for an upload's id.
async fn scalar<T>(stack: &Stack, sql: &'static str, upload: &Upload) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    let id: uuid::Uuid = upload.id.parse().unwrap();
    let found = sqlx::query_scalar(sql)
        .bind(id)
        .fetch_one(&stack.database.pool);
    found.await.expect("the query works")
}

fn proxy_to(url: &str) -> Proxy {
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    Proxy::start(address).unwrap()
}
