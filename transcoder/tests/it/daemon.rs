//! The binary itself: started, killed, told to stop.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStderr, Command},
};

use crate::stage::{BINARY, DEADLINE, Stage, find_encoder, test_video, wait_for};

fn start(stage: &Stage) -> Child {
    command(stage).spawn().unwrap()
}

fn command(stage: &Stage) -> Command {
    let mut command = Command::new(BINARY);
    command
        .arg("run")
        .env("DATABASE_URL", &stage.database.url)
        .env("PAWL_STORE", stage.store.root())
        .env("PAWL_TRANSCODER_OPS_LISTEN", "127.0.0.1:0")
        .env("PAWL_JOB_LEASE", "1500ms")
        .env("PAWL_JOB_HEARTBEAT", "200ms")
        .env("PAWL_JOB_POLL", "100ms")
        .env("PAWL_LOG", "error")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

fn send(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

async fn wait_until_encoding(stage: &Stage) {
    wait_for("ffmpeg", async || find_encoder(stage.store.root())).await;
}

async fn wait_until_not_encoding(stage: &Stage) {
    wait_for("ffmpeg to end", async || {
        find_encoder(stage.store.root()).is_none().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_daemon_leaves_no_ffmpeg_and_its_successor_does_the_job() {
    let stage = Stage::new().await;
    // The objects of the killed attempt wait for the next sweep.
    stage.leave_files();
    let media = stage.upload(&test_video()).await;
    let mut first = start(&stage);
    wait_until_encoding(&stage).await;
    send(&first, Signal::KILL);
    first.wait().await.unwrap();
    wait_until_not_encoding(&stage).await;
    assert_eq!(stage.look(media).await.state, "processing");
    let _second = start(&stage);
    assert_eq!(stage.ended(media).await.state, "ready");
    assert_eq!(stage.job(media).await, ("done".to_owned(), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_stopped_beyond_its_lease_publishes_nothing_when_it_wakes_up() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    let mut sleeper = start(&stage);
    wait_until_encoding(&stage).await;
    send(&sleeper, Signal::STOP);
    let _taker = start(&stage);
    assert_eq!(stage.ended(media).await.state, "ready");
    let published = stage.objects(media).await.len();
    send(&sleeper, Signal::CONT);
    send(&sleeper, Signal::TERM);
    let status = tokio::time::timeout(DEADLINE, sleeper.wait()).await;
    assert!(status.unwrap().unwrap().success());
    assert_eq!(stage.events().await, ["media.ready"], "published once");
    let mut connection = stage.database.pool.acquire().await.unwrap();
    let named = shared::media::store::list_named_objects(&mut connection, media)
        .await
        .unwrap();
    let left = stage.objects(media).await;
    assert!(
        named.iter().all(|object| left.contains(object)),
        "of {published}: {left:?}"
    );
    assert_eq!(
        left.len(),
        named.len(),
        "the sleeper's own objects are gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_told_to_stop_kills_ffmpeg_and_gives_its_job_back() {
    let stage = Stage::new().await;
    stage.leave_jobs();
    let media = stage.upload(&test_video()).await;
    let mut daemon = start(&stage);
    wait_until_encoding(&stage).await;
    send(&daemon, Signal::TERM);
    let status = tokio::time::timeout(DEADLINE, daemon.wait()).await;
    assert!(status.expect("it stops").unwrap().success());
    wait_until_not_encoding(&stage).await;
    assert_eq!(stage.job(media).await, ("queued".to_owned(), 0));
    assert_eq!(stage.objects(media).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ops_listener_tells_that_it_is_ready_and_what_was_done() {
    let stage = Stage::new().await;
    let media = stage.upload_bytes(b"").await;
    let mut daemon = command(&stage)
        .env("PAWL_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(daemon.stderr.take().unwrap()).lines();
    let address = listening(&mut lines).await;
    assert_eq!(
        stage.ended(media).await.error_code.as_deref(),
        Some("empty")
    );
    assert!(get(&address, "/readyz").await.starts_with("HTTP/1.1 200"));
    let counted = wait_for("the attempt to be counted", async || {
        let numbers = get(&address, "/metrics").await;
        numbers
            .contains("pawl_transcode_attempts_total{outcome=\"rejected\"} 1")
            .then_some(numbers)
    });
    assert!(
        counted
            .await
            .contains("pawl_transcode_queue_wait_seconds_count 1")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_with_its_setting_before_it_says_ready() {
    let stage = Stage::new().await;
    for (setting, value) in [
        ("PAWL_FFMPEG", "/nowhere/ffmpeg"),
        ("PAWL_FFPROBE", "false"),
        ("PAWL_STORE", "/proc/store"),
    ] {
        let ended = command(&stage)
            .env(setting, value)
            .stderr(Stdio::piped())
            .output();
        let ended = ended.await.unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{setting}: {told}");
        assert!(told.starts_with("transcoder: "), "{told}");
        assert!(told.contains(setting), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_gone_is_not_ready() {
    let stage = Stage::new().await;
    let mut daemon = command(&stage)
        .env("PAWL_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(daemon.stderr.take().unwrap()).lines();
    let address = listening(&mut lines).await;
    std::fs::remove_dir_all(stage.store.root()).unwrap();
    let told = wait_for("the store to be missed", async || {
        let told = get(&address, "/readyz").await;
        told.starts_with("HTTP/1.1 503").then_some(told)
    });
    assert!(told.await.contains("cannot write to the store"));
}

/// Where the ops listener is, as the log says.
async fn listening(lines: &mut Lines<BufReader<ChildStderr>>) -> String {
    loop {
        let line = lines.next_line().await.unwrap();
        let line = line.expect("it says where it listens");
        if let Some((_, rest)) = line.split_once("ops=") {
            return rest.split(' ').next().unwrap().to_owned();
        }
    }
}

async fn get(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_finds_the_programs_and_a_wrong_setting_exits_64() {
    let stage = Stage::new().await;
    let check = |setting: &str, value: &str| {
        Command::new(BINARY)
            .arg("check")
            .env("DATABASE_URL", &stage.database.url)
            .env("PAWL_STORE", stage.store.root())
            .env(setting, value)
            .stdin(Stdio::null())
            .output()
    };
    let all_well = check("PAWL_LOG", "info").await.unwrap();
    assert!(
        all_well.status.success(),
        "{}",
        String::from_utf8_lossy(&all_well.stderr)
    );
    let no_ffmpeg = check("PAWL_FFMPEG", "/nonexistent/ffmpeg").await.unwrap();
    assert_eq!(no_ffmpeg.status.code(), Some(1));
    let nonsense = check("PAWL_JOB_LEASE", "soon").await.unwrap();
    assert_eq!(nonsense.status.code(), Some(64));
}
