//! Media items, and their files under grants. Each published set consists of rows and small files
//! that the tests write in place of a transcoder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

mod progress;
mod usable;

use reqwest::Method;
use serde_json::{Value, json};
use shared::ids::{MediaId, SetId};
use shared::media::store::{PublishedSet, insert_renditions, publish_set};
use shared::media::{FileOfMedia, FrameRate, Rendition, RenditionKind, Segment, VideoShape};
use shared::testing::insert_media;

use crate::testing::{Answer, Client, TestApp, send};

const INIT: &str = "360p-deadbeef-init.mp4";
const SEGMENT: &str = "360p-deadbeef-00001.m4s";
const POSTER: &str = "poster-deadbeef.jpg";

/// A media item of `owner` that was uploaded, transcoded and published.
async fn published(test: &TestApp, owner: &Client) -> MediaId {
    let (id, set) = (MediaId::generate(), SetId::generate());
    let pool = &test.database.pool;
    insert_media(pool, owner.user_id, id, None).await;
    sqlx::query(
        "with done as (
            update uploads set state = 'complete', finished_at = now() where id = $1
        )
        update media set state = 'processing' where id = $1",
    )
    .bind(id)
    .execute(pool)
    .await
    .unwrap();
    let mut connection = pool.acquire().await.unwrap();
    insert_renditions(&mut connection, id, set, &[rendition()])
        .await
        .unwrap();
    let published = PublishedSet {
        set,
        dimensions: Some((640, 360)),
        duration_ms: 4000,
        poster: Some(POSTER.to_owned()),
    };
    assert!(publish_set(&mut connection, id, &published).await.unwrap());
    let folder = test.app.store.set(id, set);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in [(INIT, "init"), (SEGMENT, "0123456789"), (POSTER, "jpeg")] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    std::fs::write(folder.join("stray-deadbeef-init.mp4"), "not named by a row").unwrap();
    test.leave_files();
    std::fs::write(test.app.store.source(id.into()), "the source").unwrap();
    id
}

fn rendition() -> Rendition {
    let frame_rate = FrameRate {
        numerator: 30,
        denominator: 1,
    };
    let segment = Segment {
        object: SEGMENT.to_owned(),
        duration_us: 4_000_000,
        size_bytes: 10,
    };
    Rendition {
        name: "360p".to_owned(),
        kind: RenditionKind::Video,
        video: Some(VideoShape {
            width: 640,
            height: 360,
            frame_rate,
        }),
        bandwidth_bps: 800_000,
        average_bandwidth_bps: 700_000,
        codecs: "avc1.64001e".to_owned(),
        init_object: INIT.to_owned(),
        segments: vec![segment],
    }
}

async fn media_of(client: &Client, id: MediaId) -> Value {
    let answer = client.get(&format!("/media/{id}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn hls_url(media: &Value) -> String {
    media["playback"]["hls_url"].as_str().unwrap().to_owned()
}

/// The URL of another file in the same set.
fn beside(address: &str, file: &str) -> String {
    format!("{}/{file}", address.rsplit_once('/').unwrap().0)
}

fn assert_guarded(answer: &Answer) {
    assert_eq!(
        answer.headers["x-content-type-options"], "nosniff",
        "{answer:?}"
    );
    assert_eq!(
        answer.headers["content-security-policy"],
        "sandbox; default-src 'none'"
    );
}

#[tokio::test]
async fn an_unattached_media_is_its_owners_alone() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let id = published(&test, &ada).await;
    let media = media_of(&ada, id).await;
    assert_eq!(
        (&media["state"], &media["kind"]),
        (&json!("ready"), &json!("video"))
    );
    let rung = json!([{"name": "360p", "width": 640, "height": 360, "bandwidth_bps": 800_000}]);
    assert_eq!(media["renditions"], rung);
    assert_eq!(
        (&media["width"], &media["duration_ms"]),
        (&json!(640), &json!(4000))
    );
    for client in [&bob, &test.anon()] {
        let answer = client.get(&format!("/media/{id}")).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()));
    }
    let unknown = ada.get(&format!("/media/{}", MediaId::generate())).await;
    assert_eq!(unknown.refusal().0, 404);
    assert_eq!(ada.get("/media/nonsense").await.refusal().0, 404);
}

#[tokio::test]
async fn a_media_on_a_public_post_plays_under_p_for_anyone() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    ada.write_post(json!({"media": [{"upload_id": id}]})).await;
    let anon = test.anon();
    let media = media_of(&anon, id).await;
    let address = hls_url(&media);
    assert!(address.starts_with(&format!("/media/p/{id}/")), "{address}");
    assert!(address.ends_with("/master.m3u8"), "{address}");
    assert_eq!(media["playback"]["source_url"], Value::Null);

    let master = anon.fetch(&address).await;
    assert_eq!(master.status, 200, "{master:?}");
    assert_eq!(
        master.headers["content-type"],
        "application/vnd.apple.mpegurl"
    );
    assert_eq!(master.headers["cache-control"], "public, max-age=60");
    assert_eq!(master.headers["access-control-allow-origin"], "*");
    assert!(master.text.starts_with("#EXTM3U") && master.text.ends_with("360p.m3u8\n"));
    assert_guarded(&master);
    let playlist = anon.fetch(&beside(&address, "360p.m3u8")).await;
    assert!(playlist.text.contains(SEGMENT) && playlist.text.contains("#EXT-X-ENDLIST"));
    for (file, kind, bytes) in [
        (INIT, "video/mp4", "init"),
        (SEGMENT, "video/iso.segment", "0123456789"),
        (POSTER, "image/jpeg", "jpeg"),
    ] {
        let answer = anon.fetch(&beside(&address, file)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, bytes));
        assert_eq!(answer.headers["content-type"], kind);
        assert_eq!(
            answer.headers["cache-control"],
            "public, max-age=3600, s-maxage=60"
        );
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert_guarded(&answer);
    }
    assert_eq!(media["poster_url"], json!(beside(&address, POSTER)));
}

#[tokio::test]
async fn files_answer_ranges_tags_and_head() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    let address = hls_url(&media_of(&ada, id).await);
    let segment = beside(&address, SEGMENT);
    let ask = |method, path: &str, name, value: &str| {
        send(
            test.anon()
                .request(method, path)
                .header::<&str, &str>(name, value),
        )
    };
    let part = ask(reqwest::Method::GET, &segment, "range", "bytes=2-4").await;
    assert_eq!((part.status, part.text.as_str()), (206, "234"));
    assert_eq!(part.headers["content-range"], "bytes 2-4/10");
    for path in [&segment, &address] {
        let whole = test.anon().fetch(path).await;
        let tag = whole.headers["etag"].to_str().unwrap();
        let known = ask(reqwest::Method::GET, path, "if-none-match", tag).await;
        assert_eq!((known.status, known.text.as_str()), (304, ""), "{path}");
        let head = ask(reqwest::Method::HEAD, path, "accept", "*/*").await;
        assert_eq!(
            head.headers["content-length"], whole.headers["content-length"],
            "{path}"
        );
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        let posted = ask(reqwest::Method::POST, path, "accept", "*/*").await;
        assert_eq!(posted.refusal(), (405, "method_not_allowed".to_owned()));
    }
}

#[tokio::test]
async fn the_owners_grant_is_a_token_that_p_and_strangers_do_not_have() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    let media = media_of(&ada, id).await;
    let address = hls_url(&media);
    assert!(!address.starts_with("/media/p/"), "{address}");
    let answer = test.anon().fetch(&address).await;
    assert_eq!(answer.status, 200, "the address is all that a player has");
    assert_eq!(answer.headers["cache-control"], "private, max-age=60");
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let grant = address.split('/').nth(2).unwrap();
    let other = published(&test, &ada).await;
    for wrong in [
        address.replace(grant, "p"),
        address.replace(grant, "x"),
        address.replace(grant, &grant[1..]),
        address.replace(&id.to_string(), &other.to_string()),
        beside(&address, "stray-deadbeef-init.mp4"),
        beside(&address, "720p.m3u8"),
        beside(&address, "..%2f..%2fsources"),
        format!("{address}/x"),
    ] {
        let answer = test.anon().fetch(&wrong).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{wrong}");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_guarded(&answer);
    }
}

#[tokio::test]
async fn the_source_is_its_owners_and_keeps_its_name() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let id = published(&test, &ada).await;
    ada.write_post(json!({"media": [{"upload_id": id}]})).await;
    let media = media_of(&ada, id).await;
    let source = media["playback"]["source_url"].as_str().unwrap();
    assert!(source.ends_with("/source/clip.mp4"), "{source}");
    let answer = test.anon().fetch(source).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "the source"));
    assert_eq!(answer.headers["content-type"], "video/mp4");
    assert_eq!(
        answer.headers["content-disposition"],
        "inline; filename*=UTF-8''clip.mp4"
    );
    assert_guarded(&answer);
    assert_eq!(
        media_of(&bob, id).await["playback"]["source_url"],
        Value::Null
    );
    let grant = source.split('/').nth(2).unwrap();
    assert_eq!(
        test.anon().fetch(&source.replace(grant, "p")).await.status,
        404
    );
    let now = test.app.clock.now();
    let theirs = shared::media::Grant::for_session(bob.session_id, now);
    let theirs = test.app.grants.address(
        theirs,
        id,
        FileOfMedia {
            set: "source",
            name: "clip.mp4",
        },
    );
    assert_eq!(
        test.anon().fetch(&theirs).await.status,
        404,
        "a good grant of a stranger"
    );
    test.run("update uploads set filetype = 'text/html', filename = 'x.html'")
        .await;
    test.forget_access();
    let answer = test.anon().fetch(source).await;
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename*=UTF-8''x.html"
    );
}

#[tokio::test]
async fn a_source_whose_bytes_are_gone_is_404() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    let media = media_of(&ada, id).await;
    let source = media["playback"]["source_url"].as_str().unwrap();
    assert_eq!(ada.fetch(source).await.status, 200);
    std::fs::remove_file(test.app.store.source(id.into())).unwrap();
    assert_eq!(ada.fetch(source).await.refusal().0, 404);
}

#[tokio::test]
async fn what_is_public_may_be_asked_for_in_parts_by_any_page() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    ada.write_post(json!({"media": [{"upload_id": id}]})).await;
    let address = hls_url(&media_of(&test.anon(), id).await);
    let ask = |method, header: &'static str, value: &'static str| {
        let request = test.anon().request(method, &address);
        let request = request.header("origin", "https://other.example");
        send(request.header(header, value))
    };
    let method = "access-control-request-method";
    let preflight = ask(Method::OPTIONS, method, "GET").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.headers["access-control-allow-origin"], "*");
    let allowed = preflight.headers["access-control-allow-headers"].to_str();
    assert!(allowed.unwrap().contains("Range, If-Range"));
    let got = ask(Method::GET, "accept", "*/*").await;
    assert_eq!(got.headers["access-control-allow-origin"], "*");
    let exposed = got.headers["access-control-expose-headers"].to_str();
    assert!(exposed.unwrap().contains("Content-Range"));
    // It has an entity tag and no modification time.
    let refused = ask(Method::GET, "if-match", "\"other\"").await;
    assert_eq!(refused.refusal(), (412, "precondition_failed".to_owned()));
    let long_ago = "Sun, 06 Nov 1994 08:49:37 GMT";
    let undated = ask(Method::GET, "if-unmodified-since", long_ago).await;
    assert_eq!(undated.status, 200);
}

#[tokio::test]
async fn a_grant_ends_with_its_session_its_post_and_its_owner() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    let own = hls_url(&media_of(&ada, id).await);
    ada.write_post(json!({"media": [{"upload_id": id}]})).await;
    let public = hls_url(&media_of(&test.anon(), id).await);
    let status = async |address: &str| {
        test.forget_access();
        test.anon().fetch(address).await.status
    };
    assert_eq!((status(&own).await, status(&public).await), (200, 200));
    test.run("update posts set visibility = 'private'").await;
    assert_eq!((status(&own).await, status(&public).await), (200, 404));
    test.run("update posts set visibility = 'public', deleted_at = now()")
        .await;
    assert_eq!((status(&own).await, status(&public).await), (404, 404));
    test.run("update posts set deleted_at = null").await;
    test.run("update users set state = 'suspended'").await;
    assert_eq!((status(&own).await, status(&public).await), (404, 404));
    test.run("update users set state = 'active'").await;
    assert_eq!((status(&own).await, status(&public).await), (200, 200));
    test.run("update sessions set ended_at = now(), end_reason = 'signed_out'")
        .await;
    assert_eq!((status(&own).await, status(&public).await), (404, 200));
}

#[tokio::test]
async fn what_was_asked_for_too_early_is_there_as_soon_as_it_is_public() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = published(&test, &ada).await;
    let own = hls_url(&media_of(&ada, id).await);
    let grant = own.split('/').nth(2).unwrap();
    let public = own.replace(grant, "p");
    assert_eq!(test.anon().fetch(&public).await.status, 404);
    ada.write_post(json!({"media": [{"upload_id": id}]})).await;
    assert_eq!(test.anon().fetch(&public).await.status, 200);
    test.run("update media set set_id = null, state = 'processing'")
        .await;
    test.forget_access();
    assert_eq!(test.anon().fetch(&public).await.status, 404);
    test.run("update media set set_id = (select set_id from renditions limit 1), state = 'ready'")
        .await;
    assert_eq!(test.anon().fetch(&public).await.status, 200);
}

#[tokio::test]
async fn only_the_owner_reads_why_a_media_failed() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let id = MediaId::generate();
    insert_media(&test.database.pool, ada.user_id, id, None).await;
    ada.write_post(json!({"media": [{"upload_id": id}]})).await;
    test.run("update media set state = 'failed', error_code = 'not_media'")
        .await;
    let (own, theirs) = (media_of(&ada, id).await, media_of(&bob, id).await);
    assert_eq!(
        (&own["state"], &theirs["state"]),
        (&json!("failed"), &json!("failed"))
    );
    let told = "The server cannot read the file as a video or a picture.";
    assert_eq!(own["error"], json!({"code": "not_media", "detail": told}));
    assert_eq!(theirs["error"], Value::Null);
}

#[tokio::test]
async fn whoever_has_no_picture_is_shown_with_a_default_one() {
    let test = TestApp::start().await;
    for name in ["avatar.png", "cover.png"] {
        let answer = test.anon().fetch(&format!("/media/default/{name}")).await;
        assert_eq!(
            (answer.status, &answer.headers["content-type"]),
            (200, &"image/png".parse().unwrap())
        );
        assert_guarded(&answer);
    }
    assert_eq!(
        test.anon().fetch("/media/default/x.png").await.refusal().0,
        404
    );
}
