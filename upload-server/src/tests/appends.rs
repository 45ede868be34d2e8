//! Appends: received, kept, acknowledged; one writer at a time.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use super::{BYTES, DEADLINE, Stage, client::exchange};

#[tokio::test]
async fn an_upload_in_two_appends_is_finished_once_with_job_event_and_hint() {
    let stage = Stage::new().await;
    let bytes: Vec<u8> = (0..700_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let path = stage.create(bytes.len()).await;
    let first = stage.append(&path, 0, &bytes[..300_001]).await;
    assert_eq!((first.status, first.offset()), (204, 300_001));
    assert_eq!(
        first.header("pawl-media-id"),
        super::stage::id(&path).to_string()
    );
    assert_eq!(stage.head(&path).await.offset(), 300_001);
    let last = stage.append(&path, 300_001, &bytes[300_001..]).await;
    assert_eq!((last.status, last.offset()), (204, 700_000));
    stage.assert_finished_once(&path, &bytes).await;
    let id = super::stage::id(&path).to_string();
    assert!(stage.store.path().join("ready").join(id).exists());
    assert_eq!(stage.head(&path).await.offset(), 700_000);
    let again = stage.append(&path, 700_000, b"").await;
    assert_eq!(
        (again.status, again.offset()),
        (204, 700_000),
        "a lost answer is repeated"
    );
    let more = stage.append(&path, 700_000, b"x").await;
    assert_eq!((more.status, more.code()), (413, "beyond_upload_length"));
    stage.assert_finished_once(&path, &bytes).await;
}

#[tokio::test]
async fn an_append_at_the_wrong_offset_is_409_and_changes_nothing() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    assert_eq!(stage.append(&path, 0, b"pawl").await.status, 204);
    for offset in [0, 3, 5, 9] {
        let reply = stage.append(&path, offset, b"x").await;
        assert_eq!(
            (reply.status, reply.code()),
            (409, "mismatching_upload_offset")
        );
    }
    let huge = [BYTES, ("Upload-Offset", "18446744073709551620")];
    assert_eq!(stage.ask(("PATCH", &path), &huge, b"x").await.status, 409);
    assert_eq!(stage.stored(&path), b"pawl");
}

#[tokio::test]
async fn a_body_that_goes_beyond_the_length_is_413_and_never_finishes_the_upload() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    let reply = stage.append(&path, 0, b"ninebytes").await;
    assert_eq!((reply.status, reply.code()), (413, "beyond_upload_length"));
    assert_eq!(
        stage.head(&path).await.offset(),
        0,
        "told by its length, nothing is read"
    );
    let chunked = [("Upload-Offset", "0"), ("Transfer-Encoding", "chunked")];
    let mut sending = stage.begin_patch(&path, &chunked).await;
    for chunk in [&b"pawl"[..], b"pawl", b"x", b""] {
        sending.send_chunk(chunk).await;
    }
    let reply = sending.reply().await;
    assert_eq!((reply.status, reply.code()), (413, "beyond_upload_length"));
    let offset = stage.head(&path).await.offset();
    assert!(offset < 8, "{offset}");
    let rest = &b"pawlpawl"[usize::try_from(offset).unwrap()..];
    let reply = stage
        .append(&path, usize::try_from(offset).unwrap(), rest)
        .await;
    assert_eq!((reply.status, reply.offset()), (204, 8));
    stage.assert_finished_once(&path, b"pawlpawl").await;
}

#[tokio::test]
async fn a_chunked_body_that_fits_finishes_the_upload() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    let chunked = [("Upload-Offset", "0"), ("Transfer-Encoding", "chunked")];
    let mut sending = stage.begin_patch(&path, &chunked).await;
    for chunk in [&b"pawl"[..], b"pawl", b""] {
        sending.send_chunk(chunk).await;
    }
    assert_eq!(sending.reply().await.offset(), 8);
    stage.assert_finished_once(&path, b"pawlpawl").await;
}

#[tokio::test]
async fn a_body_cut_off_keeps_its_bytes_and_the_upload_goes_on_there() {
    let stage = Stage::new().await;
    let bytes = vec![b'x'; 400_000];
    let path = stage.create(bytes.len()).await;
    let head = [("Upload-Offset", "0"), ("Content-Length", "400000")];
    let mut sending = stage.begin_patch(&path, &head).await;
    sending.send(&bytes[..250_003]).await;
    stage.await_stored(&path, 250_003).await;
    drop(sending);
    let told = stage.head(&path).await;
    assert_eq!((told.status, told.offset()), (200, 250_003));
    assert_eq!(
        stage
            .append(&path, 250_003, &bytes[250_003..])
            .await
            .offset(),
        400_000
    );
    stage.assert_finished_once(&path, &bytes).await;
}

#[tokio::test]
async fn a_body_cut_off_after_its_last_byte_still_finishes_the_upload() {
    let stage = Stage::new().await;
    let path = stage.create(4).await;
    let chunked = [("Upload-Offset", "0"), ("Transfer-Encoding", "chunked")];
    let mut sending = stage.begin_patch(&path, &chunked).await;
    sending.send_chunk(b"pawl").await;
    drop(sending);
    let deadline = Instant::now() + DEADLINE;
    while stage
        .count("select count(*) from uploads where state = 'complete'")
        .await
        == 0
    {
        assert!(
            Instant::now() < deadline,
            "it is finished without a request"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stage.assert_finished_once(&path, b"pawl").await;
}

#[tokio::test]
async fn head_patch_and_delete_end_a_stalled_append_and_go_on_where_it_was() {
    let stage = Stage::new().await;
    let path = stage.create(12).await;
    let stalled = |offset| [("Upload-Offset", offset), ("Content-Length", "8")];
    let mut first = stage.begin_patch(&path, &stalled("0")).await;
    first.send(b"pawl").await;
    stage.await_stored(&path, 4).await;
    assert_eq!(stage.head(&path).await.offset(), 4);
    let ended = first.reply().await;
    assert_eq!((ended.status, ended.code()), (423, "upload_locked"));

    let mut second = stage.begin_patch(&path, &stalled("4")).await;
    second.send(b"pa").await;
    stage.await_stored(&path, 6).await;
    assert_eq!(stage.append(&path, 6, b"wl").await.offset(), 8);
    assert_eq!(second.reply().await.status, 423);

    let third = stage.begin_patch(&path, &stalled("4")).await;
    assert_eq!(third.reply().await.status, 409);
    let fourth = stage
        .begin_patch(&path, &[("Upload-Offset", "8"), ("Content-Length", "4")])
        .await;
    let deleted = stage.ask(("DELETE", &path), &[], b"").await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
    let ended = fourth.reply().await;
    assert!([410, 423].contains(&ended.status), "{ended:?}");
}

#[tokio::test]
async fn of_appends_that_race_at_one_offset_at_most_one_is_acknowledged() {
    let stage = Stage::new().await;
    let bodies: Vec<Vec<u8>> = (b'a'..b'i').map(|letter| vec![letter; 200_000]).collect();
    let path = stage.create(200_000).await;
    let racing = bodies.iter().map(|body| stage.append(&path, 0, body));
    let replies = futures_util::future::join_all(racing).await;
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert!(
        statuses
            .iter()
            .all(|status| [204, 409, 423].contains(status)),
        "{statuses:?}"
    );
    assert!(
        statuses.iter().filter(|status| **status == 204).count() <= 1,
        "{statuses:?}"
    );
    let offset = usize::try_from(stage.head(&path).await.offset()).unwrap();
    if offset < 200_000 {
        assert_eq!(
            stage
                .append(&path, offset, &bodies[0][offset..])
                .await
                .offset(),
            200_000
        );
    }
    let stored = stage.stored(&path);
    let first = vec![stored[0]; offset];
    assert_eq!(
        stored[..offset],
        first,
        "no bytes of two requests are mixed"
    );
    stage.assert_finished_once(&path, &stored).await;
}

#[tokio::test]
async fn a_strangers_request_is_404_and_does_not_end_an_append() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    let head = [("Upload-Offset", "0"), ("Content-Length", "8")];
    let mut sending = stage.begin_patch(&path, &head).await;
    sending.send(b"pawl").await;
    stage.await_stored(&path, 4).await;
    let offset = [BYTES, ("Upload-Offset", "4")];
    for (method, headers) in [("HEAD", &[][..]), ("DELETE", &[]), ("PATCH", &offset)] {
        let reply = stage.ask_as_stranger((method, &path), headers).await;
        assert_eq!(reply.status, 404, "{method}");
        assert_eq!(reply.header("pawl-media-id"), "");
    }
    let version = [("Tus-Resumable", "1.0.0")];
    let reply = exchange(stage.address, ("HEAD", &path), &version, b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (401, ""));
    sending.send(b"pawl").await;
    assert_eq!(sending.reply().await.offset(), 8);
    stage.assert_finished_once(&path, b"pawlpawl").await;
}

#[tokio::test]
async fn an_ended_upload_is_410_and_an_unknown_one_404() {
    let stage = Stage::new().await;
    let path = stage.create(8).await;
    assert_eq!(stage.append(&path, 0, b"pawl").await.status, 204);
    let headers = [("X-HTTP-Method-Override", "DELETE")];
    assert_eq!(stage.ask(("POST", &path), &headers, b"").await.status, 204);
    assert_eq!(stage.head(&path).await.status, 410);
    let reply = stage.append(&path, 4, b"pawl").await;
    assert_eq!((reply.status, reply.code()), (410, "upload_gone"));
    assert_eq!(stage.ask(("DELETE", &path), &[], b"").await.status, 410);
    assert_eq!(stage.count("select count(*) from media").await, 0);
    let unknown = "/files/0199c6a5-0000-7000-8000-000000000000";
    for path in [
        unknown,
        "/files/x",
        "/files/%00",
        "/files/..%2f",
        &path.to_uppercase(),
    ] {
        let reply = stage.head(path).await;
        assert_eq!((reply.status, reply.body.as_str()), (404, ""), "{path}");
    }
    let complete = stage.create(0).await;
    let reply = stage.ask(("DELETE", &complete), &[], b"").await;
    assert_eq!((reply.status, reply.code()), (403, "completed_upload"));
}

#[tokio::test]
async fn an_expired_token_still_goes_on_with_what_it_created_while_its_session_lives() {
    let mut stage = Stage::new().await;
    let [early, late] = [stage.create(8).await, stage.create(8).await];
    let an_hour_ago = OffsetDateTime::now_utc() - time::Duration::hours(1);
    let expired = stage.authorization_of(an_hour_ago).await;
    sqlx::query("update uploads set created_at = $2 where id = $1")
        .bind(super::stage::id(&early))
        .bind(an_hour_ago + time::Duration::minutes(1))
        .execute(&stage.database.pool)
        .await
        .unwrap();
    stage.stop().await;
    stage.start().await;
    let headers = [
        ("Tus-Resumable", "1.0.0"),
        ("Authorization", expired.as_str()),
    ];
    let ask = async |path: &str| exchange(stage.address, ("HEAD", path), &headers, b"").await;
    assert_eq!(ask(&early).await.status, 200);
    assert_eq!(
        ask(&late).await.status,
        401,
        "created after the token's time"
    );
    let length = [&headers[..], &[("Upload-Length", "8")]].concat();
    let created = exchange(stage.address, ("POST", "/files/"), &length, b"").await;
    assert_eq!((created.status, created.code()), (401, "token_expired"));
    stage
        .execute("update sessions set ended_at = now(), end_reason = 'revoked'")
        .await;
    assert_eq!(ask(&early).await.status, 401);
}

#[tokio::test]
async fn small_frames_reach_the_store_after_a_lull() {
    let stage = Stage::new().await;
    let path = stage.create(100).await;
    let head = [("Upload-Offset", "0"), ("Content-Length", "100")];
    let mut sending = stage.begin_patch(&path, &head).await;
    for (index, byte) in b"pawl".iter().enumerate() {
        sending.send(&[*byte]).await;
        stage.await_stored(&path, index + 1).await;
    }
    drop(sending);
    assert_eq!(stage.head(&path).await.offset(), 4);
}

#[tokio::test]
async fn uploads_work_with_every_durability() {
    for durability in ["finish", "none"] {
        let stage = Stage::with(&[("PAWL_DURABILITY", durability)]).await;
        let path = stage.create(8).await;
        assert_eq!(stage.append(&path, 0, b"pawl").await.offset(), 4);
        assert_eq!(stage.head(&path).await.offset(), 4);
        assert_eq!(stage.append(&path, 4, b"pawl").await.offset(), 8);
        stage.assert_finished_once(&path, b"pawlpawl").await;
    }
}
