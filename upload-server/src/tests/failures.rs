//! The guarantees when the client, the server or Postgres stops.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{DEADLINE, Stage, client::exchange};

#[tokio::test]
async fn a_drain_ends_appends_with_the_offset_they_reached() {
    let mut stage = Stage::new().await;
    let bytes = vec![b'x'; 100_000];
    let path = stage.create(bytes.len()).await;
    let head = [("Upload-Offset", "0"), ("Content-Length", "100000")];
    let mut sending = stage.begin_patch(&path, &head).await;
    sending.send(&bytes[..40_000]).await;
    stage.await_stored(&path, 40_000).await;
    stage.stop().await;
    let told = sending.reply().await;
    assert_eq!((told.status, told.offset()), (204, 40_000));
    stage.start().await;
    assert_eq!(stage.head(&path).await.offset(), 40_000);
    assert_eq!(
        stage.append(&path, 40_000, &bytes[40_000..]).await.offset(),
        100_000
    );
    stage.assert_finished_once(&path, &bytes).await;
}

#[tokio::test]
async fn a_successor_takes_uploads_back_and_finishes_those_cut_short() {
    let mut stage = Stage::new().await;
    let [open, whole] = [stage.create(8).await, stage.create(8).await];
    for path in [&open, &whole] {
        assert_eq!(stage.append(path, 0, b"pawl").await.offset(), 4);
    }
    stage.stop().await;
    // Simulates a crash between the last byte and the finish.
    let source = stage
        .store
        .path()
        .join("sources")
        .join(super::stage::id(&whole).to_string());
    std::fs::write(source, b"pawlpawl").unwrap();
    stage.start().await;
    let deadline = Instant::now() + DEADLINE;
    while stage
        .count("select count(*) from uploads where state = 'complete'")
        .await
        == 0
    {
        assert!(
            Instant::now() < deadline,
            "the sweep at the start finishes it"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stage.assert_finished_once(&whole, b"pawlpawl").await;
    assert_eq!(stage.head(&open).await.offset(), 4);
    assert_eq!(stage.append(&open, 4, b"pawl").await.offset(), 8);
    let nodes = "select count(distinct node_id) from uploads";
    assert_eq!(
        stage.count(nodes).await,
        1,
        "the successor has its predecessor's id"
    );
}

#[tokio::test]
async fn a_head_finishes_an_upload_whose_finish_was_cut_short() {
    let stage = Stage::new().await;
    let path = stage.create(4).await;
    let source = stage
        .store
        .path()
        .join("sources")
        .join(super::stage::id(&path).to_string());
    // The server forgets the upload and finds it again, complete.
    let mut stage = stage;
    stage.stop().await;
    stage.start().await;
    std::fs::write(source, b"pawl").unwrap();
    let told = stage.head(&path).await;
    assert_eq!((told.status, told.offset()), (200, 4));
    stage.assert_finished_once(&path, b"pawl").await;
}

#[tokio::test]
async fn an_upload_whose_file_is_gone_is_410_and_never_zero() {
    let mut stage = Stage::new().await;
    let path = stage.create(8).await;
    assert_eq!(stage.append(&path, 0, b"pawl").await.offset(), 4);
    stage.stop().await;
    let id = super::stage::id(&path).to_string();
    std::fs::remove_file(stage.store.path().join("sources").join(id)).unwrap();
    stage.start().await;
    assert_eq!(stage.head(&path).await.status, 410);
    assert_eq!(stage.append(&path, 0, b"pawl").await.status, 410);
}

#[tokio::test]
async fn a_client_that_falls_silent_is_told_to_come_back_and_its_bytes_are_kept() {
    let stage = Stage::with(&[("PAWL_IDLE_BODY_TIMEOUT", "2s")]).await;
    let path = stage.create(8).await;
    let head = [("Upload-Offset", "0"), ("Content-Length", "8")];
    let mut sending = stage.begin_patch(&path, &head).await;
    sending.send(b"pawl").await;
    let told = sending.reply().await;
    assert_eq!((told.status, told.code()), (503, "body_too_slow"));
    assert_eq!(told.header("retry-after"), "1");
    assert_eq!(stage.head(&path).await.offset(), 4);
}

#[tokio::test]
async fn an_upload_whose_owner_was_suspended_meanwhile_is_refused_at_its_end() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    let head = [("Upload-Offset", "0"), ("Content-Length", "8")];
    let mut sending = stage.begin_patch(&path, &head).await;
    sending.send(b"pawl").await;
    stage.await_stored(&path, 4).await;
    stage.execute("update users set state = 'suspended'").await;
    sending.send(b"pawl").await;
    let told = sending.reply().await;
    assert_eq!((told.status, told.code()), (410, "upload_gone"));
    assert_eq!(
        told.header("pawl-media-id"),
        super::stage::id(&path).to_string()
    );
    let refused = "select count(*) from uploads join media using (id)
        where uploads.state = 'rejected' and media.error_code = 'upload_rejected'";
    assert_eq!(stage.count(refused).await, 1);
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
}

#[tokio::test]
async fn a_malformed_chunk_is_400_and_what_came_before_is_kept() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    let head = [("Upload-Offset", "0"), ("Transfer-Encoding", "chunked")];
    let mut sending = stage.begin_patch(&path, &head).await;
    sending.send_chunk(b"pawl").await;
    stage.await_stored(&path, 4).await;
    sending.send(b"zz\r\n").await;
    let told = sending.reply().await;
    assert_eq!((told.status, told.code()), (400, "body_broken"));
    assert_eq!(stage.head(&path).await.offset(), 4);
}

#[tokio::test]
async fn without_postgres_the_answer_is_503_and_the_bytes_are_kept() {
    let mut stage = Stage::with(&[("PAWL_ACKNOWLEDGE_WITHIN", "5s")]).await;
    let path = stage.create(8).await;
    stage.stop().await;
    let server: SocketAddr = stage
        .database
        .url
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let away = CancellationToken::new();
    let (proxy, proxying) = proxy(server, away.clone()).await;
    let url = stage
        .database
        .url
        .replace(&server.to_string(), &proxy.to_string());
    stage.set("DATABASE_URL", &url);
    stage.start().await;
    assert_eq!(stage.append(&path, 0, b"pa").await.offset(), 2);
    away.cancel();
    proxying.await.unwrap();
    let told = stage.append(&path, 2, b"wl").await;
    assert_eq!((told.status, told.code()), (503, "unavailable"));
    assert_eq!(told.header("retry-after"), "5");
    assert_eq!(stage.stored(&path), b"pawl");
    let ready = exchange(stage.ops, ("GET", "/readyz"), &[], b"").await;
    assert_eq!(ready.status, 503);
    let healthy = exchange(stage.ops, ("GET", "/healthz"), &[], b"").await;
    assert_eq!(healthy.status, 200);
    stage.shutdown.cancel();
}

#[tokio::test]
async fn operators_see_what_was_taken_and_refused() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    stage.append(&path, 0, b"pawlpawl").await;
    stage.append(&path, 0, b"x").await;
    stage.append(&path, 8, b"").await;
    assert_eq!(
        exchange(stage.ops, ("GET", "/readyz"), &[], b"")
            .await
            .status,
        200
    );
    let metrics = exchange(stage.ops, ("GET", "/metrics"), &[], b"")
        .await
        .body;
    for line in [
        "pawl_upload_creations_total 1",
        "pawl_upload_finishes_total 1",
        "pawl_upload_received_bytes_total 8",
        "pawl_upload_appends_total 2",
        "pawl_upload_empty_appends_total 1",
        "pawl_upload_open_appends 0",
        "pawl_upload_rejected_total{reason=\"mismatching_upload_offset\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}

/// Forwards connections to `server` until `away`; then closes them and refuses new ones.
async fn proxy(
    server: SocketAddr,
    away: CancellationToken,
) -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxying = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Some(Ok((mut client, _))) = away.run_until_cancelled(listener.accept()).await {
            connections.spawn(async move {
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
        connections.shutdown().await;
    });
    (address, proxying)
}
