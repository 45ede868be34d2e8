//! Which uploads can be created, by whom, and with which answers.

use super::{BYTES, Reply, Stage, client::exchange, text};

/// Creates an upload of 8 bytes with this metadata.
pub async fn create(stage: &Stage, metadata: &str) -> Reply {
    let headers = [("Upload-Length", "8"), ("Upload-Metadata", metadata)];
    stage.ask(("POST", "/files/"), &headers, b"").await
}

#[tokio::test]
async fn options_tells_what_works_without_a_token() {
    let stage = Stage::with(&[("PAWL_MAX_UPLOAD_SIZE", "1KiB")]).await;
    for path in ["/files/", "/files"] {
        let reply = exchange(stage.address, ("OPTIONS", path), &[], b"").await;
        assert_eq!(reply.status, 204);
        assert_eq!(reply.header("tus-version"), "1.0.0");
        assert_eq!(reply.header("tus-max-size"), "1024");
        assert_eq!(
            reply.header("tus-extension"),
            "creation,creation-with-upload,termination"
        );
    }
    let reply = exchange(stage.address, ("OPTIONS", "/elsewhere"), &[], b"").await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn a_created_upload_has_its_media_and_an_address_that_ends_in_the_id() {
    let stage = Stage::new().await;
    let metadata = format!(
        "empty ,filetype {},flag,alt {},filename {},bin //79",
        text("video/mp4"),
        text("A cat"),
        text("naïve.mp4")
    );
    let created = create(&stage, &metadata).await;
    let path = created.location();
    let id = super::stage::id(&path);
    assert_eq!(path, format!("/files/{id}"));
    assert_eq!(created.header("pawl-media-id"), id.to_string());
    let born = "select count(*) from uploads join media using (id)
        where filename = 'naïve.mp4' and alt = 'A cat' and media.kind = 'video'
            and media.state = 'uploading' and uploads.state = 'uploading'";
    assert_eq!(stage.count(born).await, 1);
    let told = stage.head(&path).await;
    assert_eq!(told.status, 200);
    assert_eq!(
        told.header("upload-metadata"),
        metadata,
        "in order and byte for byte"
    );
    assert_eq!((told.offset(), told.header("upload-length")), (0, "8"));
    assert_eq!(told.header("cache-control"), "no-store");
    assert_eq!(told.header("pawl-media-id"), id.to_string());
    assert_eq!(told.header("tus-resumable"), "1.0.0");
}

#[tokio::test]
async fn the_public_origin_stands_before_the_path() {
    let origin = ("PAWL_UPLOAD_PUBLIC_URL", "https://up.example");
    let stage = Stage::with(&[origin, ("PAWL_UPLOAD_PATH", "/u")]).await;
    let reply = stage
        .ask(("POST", "/u"), &[("Upload-Length", "8")], b"")
        .await;
    assert!(
        reply.location().starts_with("https://up.example/u/"),
        "{reply:?}"
    );
}

#[tokio::test]
async fn without_a_good_token_nothing_is_created() {
    let stage = Stage::new().await;
    let length = ("Upload-Length", "8");
    let version = ("Tus-Resumable", "1.0.0");
    for (headers, code) in [
        (vec![version, length], "token_missing"),
        (
            vec![version, length, ("Authorization", "Bearer abc")],
            "token_invalid",
        ),
        (
            vec![version, length, ("Authorization", "Basic abc")],
            "token_invalid",
        ),
    ] {
        let reply = exchange(stage.address, ("POST", "/files/"), &headers, b"").await;
        assert_eq!((reply.status, reply.code()), (401, code));
        assert_eq!(reply.header("www-authenticate"), "Bearer");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.header("tus-resumable"), "1.0.0");
    }
    stage.execute("update users set state = 'suspended'").await;
    let mut reply = stage.ask(("POST", "/files/"), &[length], b"").await;
    while reply.status == 201 {
        // The servers know of the ended session within five seconds.
        reply = stage.ask(("POST", "/files/"), &[length], b"").await;
    }
    assert_eq!((reply.status, reply.code()), (401, "suspended"));
    assert_eq!(
        stage.count("select count(*) from uploads").await,
        0,
        "the insert looks as well"
    );
}

#[tokio::test]
async fn a_type_that_is_not_accepted_is_422_before_a_byte_is_taken() {
    let stage = Stage::with(&[("PAWL_ACCEPT", "*/*")]).await;
    for declared in [
        "image/svg+xml",
        "audio/x-mpegurl",
        "Image/SVG+xml; a=b",
        "nonsense",
    ] {
        let reply = create(&stage, &format!("filetype {}", text(declared))).await;
        assert_eq!(
            (reply.status, reply.code()),
            (422, "type_not_accepted"),
            "{declared}"
        );
    }
    let stage = Stage::new().await;
    for declared in ["audio/mp4", "text/plain", "video/mp4\0", "image/svg+xml"] {
        let reply = create(&stage, &format!("filetype {}", text(declared))).await;
        assert_eq!(
            (reply.status, reply.code()),
            (422, "type_not_accepted"),
            "{declared}"
        );
    }
    assert_eq!(create(&stage, "filetype //79").await.status, 422);
    assert_eq!(stage.count("select count(*) from uploads").await, 0);
    for accepted in [
        format!("filetype {}", text("video/mp4")),
        format!("filetype {}", text("image/png")),
        "filetype".to_owned(),
    ] {
        assert_eq!(create(&stage, &accepted).await.status, 201, "{accepted}");
    }
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_413_and_one_without_room_507() {
    let stage = Stage::with(&[("PAWL_DISK_RESERVE", "1000TiB")]).await;
    for length in [
        "8589934593",
        "9223372036854775808",
        "999999999999999999999999999999",
    ] {
        let reply = stage
            .ask(("POST", "/files/"), &[("Upload-Length", length)], b"")
            .await;
        assert_eq!((reply.status, reply.code()), (413, "upload_too_large"));
    }
    let reply = stage
        .ask(("POST", "/files/"), &[("Upload-Length", "8")], b"")
        .await;
    assert_eq!((reply.status, reply.code()), (507, "no_space"));
    assert_eq!(stage.count("select count(*) from uploads").await, 0);
}

#[tokio::test]
async fn alt_has_a_bound_in_characters() {
    let stage = Stage::new().await;
    let longest = format!("alt {}", text(&"ü".repeat(1500)));
    assert_eq!(create(&stage, &longest).await.status, 201);
    let reply = create(&stage, &format!("alt {}", text(&"ü".repeat(1501)))).await;
    assert_eq!((reply.status, reply.code()), (422, "alt_too_long"));
    // Letters and line breaks become one code point each. Nothing is trimmed, as in a post.
    let normalized = format!("alt {}", text(&"u\u{308}\r\n".repeat(750)));
    assert_eq!(create(&stage, &normalized).await.status, 201);
    let stored = "select count(*) from media where alt like U&'\\00fc' || chr(10) || U&'\\00fc%'
        and char_length(alt) = 1500";
    assert_eq!(stage.count(stored).await, 1);
}

#[tokio::test]
async fn an_upload_of_no_bytes_is_finished_at_once() {
    let stage = Stage::new().await;
    let path = stage.create(0).await;
    stage.assert_finished_once(&path, b"").await;
    let told = stage.head(&path).await;
    assert_eq!((told.status, told.offset()), (200, 0));
}

#[tokio::test]
async fn a_creation_may_carry_all_bytes_or_some() {
    let stage = Stage::new().await;
    let with = |length: &'static str| [BYTES, ("Upload-Length", length)];
    let part = stage.ask(("POST", "/files/"), &with("8"), b"pawl").await;
    assert_eq!((part.status, part.offset()), (201, 4));
    assert_eq!(stage.head(&part.location()).await.offset(), 4);
    let whole = stage.ask(("POST", "/files/"), &with("4"), b"pawl").await;
    assert_eq!((whole.status, whole.offset()), (201, 4));
    stage.assert_finished_once(&whole.location(), b"pawl").await;
    let more = stage.ask(("POST", "/files/"), &with("3"), b"pawl").await;
    assert_eq!((more.status, more.code()), (413, "beyond_upload_length"));
    let chunked = [&with("3")[..], &[("Transfer-Encoding", "chunked")]].concat();
    let more = stage
        .ask(("POST", "/files/"), &chunked, b"4\r\npawl\r\n0\r\n\r\n")
        .await;
    assert_eq!((more.status, more.code()), (413, "beyond_upload_length"));
    let left = "select count(*) from uploads where state = 'uploading'";
    assert_eq!(stage.count(left).await, 1, "only the first is open");
}

#[tokio::test]
async fn pages_of_allowed_origins_may_send_and_read_everything() {
    let stage = Stage::new().await;
    let origin = ("Origin", "http://localhost:5173");
    let asks = ("Access-Control-Request-Method", "PATCH");
    let preflight = exchange(stage.address, ("OPTIONS", "/files/"), &[origin, asks], b"").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), origin.1);
    assert!(
        preflight
            .header("access-control-allow-methods")
            .contains("PATCH")
    );
    let allowed = preflight
        .header("access-control-allow-headers")
        .to_lowercase();
    for name in [
        "authorization",
        "upload-complete",
        "upload-draft-interop-version",
    ] {
        assert!(allowed.contains(name), "{name}");
    }
    let refused = exchange(stage.address, ("POST", "/files/"), &[origin], b"").await;
    assert_eq!(refused.status, 412);
    assert!(
        refused
            .header("access-control-expose-headers")
            .contains("Upload-Offset")
    );
    let foreign = ("Origin", "https://evil.example");
    let refused = exchange(stage.address, ("POST", "/files/"), &[foreign], b"").await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn metadata_that_is_no_text_is_refused_where_it_matters() {
    let stage = Stage::new().await;
    for (metadata, status, code) in [
        ("post_id //4=", 404, "post_not_found"),
        ("post_id MQA=", 404, "post_not_found"),
        ("alt //4=", 422, "alt_not_text"),
        (&format!("alt {}", text("a\0")), 422, "alt_not_text"),
        (&format!("alt {}", text("\u{202e}a")), 422, "alt_not_text"),
        ("filetype //4=", 422, "type_not_accepted"),
    ] {
        let refused = create(&stage, metadata).await;
        assert_eq!(
            (refused.status, refused.code()),
            (status, code),
            "{metadata}"
        );
    }
    assert_eq!(stage.count("select count(*) from uploads").await, 0);
    assert_eq!(
        create(&stage, "post_id,alt ,filename //4=").await.status,
        201
    );
}
