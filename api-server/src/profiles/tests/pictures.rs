//! Avatars and covers: sent, chosen from uploads, replaced, deleted and read.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use shared::ids::{MediaId, SetId};
use shared::media::image::{PictureSet, StoredVariant};
use shared::media::store::publish_picture;
use shared::testing::insert_media;

use crate::testing::{Answer, Client, TestApp, send, sign_up};

pub(super) const DEFAULT: &str = "/media/default/avatar.png";
const BOUNDARY: &str = "between-the-parts";

pub(super) fn picture(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, _| Rgb([x.to_le_bytes()[0], 90, 10]));
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::from(image);
    image.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// A part of a form: its name, the file's name and type, and its content.
pub(super) type Part<'a> = (&'a str, Option<(&'a str, &'a str)>, &'a [u8]);

fn form(parts: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map_or(String::new(), |(file_name, kind)| {
            format!("; filename=\"{file_name}\"\r\nContent-Type: {kind}")
        });
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub(super) async fn send_form(
    client: &Client,
    method: Method,
    path: &str,
    parts: &[Part<'_>],
) -> Answer {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = client.request(method, &format!("/api/v1{path}"));
    send(request.header("content-type", kind).body(form(parts))).await
}

async fn put_picture(client: &Client, path: &str, bytes: &[u8]) -> Answer {
    let part = ("picture", Some(("me.jpg", "image/jpeg")), bytes);
    send_form(client, Method::PUT, path, &[part]).await
}

async fn put_upload(client: &Client, path: &str, id: impl ToString) -> Answer {
    let request = client.request(Method::PUT, &format!("/api/v1{path}"));
    send(request.json(&json!({"upload_id": id.to_string()}))).await
}

pub(super) async fn url_of(client: &Client, what: &str) -> String {
    let me = client.get("/me").await.json();
    me[what].as_str().unwrap().to_owned()
}

fn media_id(url: &str) -> String {
    url.split('/').nth(3).unwrap().to_owned()
}

pub(super) fn files(test: &TestApp) -> usize {
    let folders = ["sources", "media"].map(|folder| test.app.store.root().join(folder));
    folders
        .iter()
        .map(|folder| std::fs::read_dir(folder).unwrap().count())
        .sum()
}

/// An upload of the client that was processed as a picture.
pub(super) async fn uploaded_picture(test: &TestApp, client: &Client) -> MediaId {
    let id = MediaId::generate();
    insert_media(&test.database.pool, client.user_id, id, None).await;
    set_state(test, id, "processing").await;
    let variant = |name: &str, side| StoredVariant {
        name: name.to_owned(),
        width: side,
        height: side,
        object: format!("{name}-0badcafe.jpg"),
    };
    let set = PictureSet {
        set: SetId::generate(),
        width: 640,
        height: 640,
        blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned(),
        variants: vec![variant("thumb", 320), variant("small", 640)],
    };
    let mut connection = test.database.pool.acquire().await.unwrap();
    assert!(publish_picture(&mut connection, id, &set).await.unwrap());
    id
}

async fn set_state(test: &TestApp, id: MediaId, state: &str) {
    sqlx::query("update media set state = $2, kind = null where id = $1")
        .bind(id.0)
        .bind(state)
        .execute(&test.database.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_picture_that_is_sent_is_shown_wherever_its_user_is() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let (sent, cover) = (picture(1500, 1000), picture(2500, 500));
    assert_eq!(put_picture(&ada, "/me/avatar", &sent).await.status, 204);
    assert_eq!(put_picture(&ada, "/me/cover", &cover).await.status, 204);
    let user = bob.get("/users/ada").await.json();
    let (avatar, cover) = (&user["avatar_url"], &user["cover_url"]);
    let post = ada.write_post(json!({"text": "look"})).await;
    let post = test.anon().get(&format!("/posts/{post}")).await.json();
    assert_eq!(&post["author"]["avatar_url"], avatar);
    assert_eq!(url_of(&bob, "avatar_url").await, DEFAULT);
    for (url, name, size) in [(avatar, "small", (640, 427)), (cover, "large", (2048, 410))] {
        let url = url.as_str().unwrap();
        assert!(url.contains(&format!("/{name}-")), "{url}");
        let answer = test.anon().request(Method::GET, url).send().await.unwrap();
        let headers = answer.headers().clone();
        assert_eq!(
            (answer.status().as_u16(), &headers["content-type"]),
            (200, &"image/jpeg".parse().unwrap())
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(
            headers["content-security-policy"],
            "sandbox; default-src 'none'"
        );
        assert_eq!(
            headers["cache-control"],
            "public, max-age=3600, s-maxage=60"
        );
        let image = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!((image.width(), image.height()), size);
    }
}

#[tokio::test]
async fn a_picture_is_answered_as_a_media_with_its_variants() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    put_picture(&ada, "/me/avatar", &picture(800, 400)).await;
    let id = media_id(&url_of(&ada, "avatar_url").await);
    let media = bob.get(&format!("/media/{id}")).await.json();
    let shapes: Vec<_> = media["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| {
            assert!(variant["url"].as_str().unwrap().starts_with("/media/p/"));
            (
                variant["name"].as_str().unwrap(),
                variant["width"].as_i64().unwrap(),
                variant["height"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        shapes,
        [
            ("thumb", 320, 160),
            ("small", 640, 320),
            ("medium", 800, 400)
        ]
    );
    assert_eq!(
        (&media["kind"], &media["state"]),
        (&json!("image"), &json!("ready"))
    );
    assert_eq!(
        (&media["width"], &media["height"]),
        (&json!(800), &json!(400))
    );
    assert_eq!(
        media["playback"],
        json!({"hls_url": null, "source_url": null})
    );
    assert_eq!(
        (&media["poster_url"], &media["renditions"]),
        (&Value::Null, &json!([]))
    );
    assert!(media["blurhash"].as_str().unwrap().len() > 20);
    let url = media["variants"][0]["url"].as_str().unwrap();
    for file in ["master.m3u8", "thumb.m3u8", "huge-00000000.jpg"] {
        let beside = format!("{}/{file}", url.rsplit_once('/').unwrap().0);
        assert_eq!(bob.fetch(&beside).await.status, 404, "{file}");
    }
}

#[tokio::test]
async fn the_source_of_a_picture_is_its_owners_alone_and_is_what_it_is() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let sent = picture(64, 64);
    let part = ("picture", Some(("x.html", "text/html")), &sent[..]);
    assert_eq!(
        send_form(&ada, Method::PUT, "/me/avatar", &[part])
            .await
            .status,
        204
    );
    let id = media_id(&url_of(&ada, "avatar_url").await);
    let media = ada.get(&format!("/media/{id}")).await.json();
    let source = media["playback"]["source_url"].as_str().unwrap();
    let answer = ada.request(Method::GET, source).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert_eq!(answer.bytes().await.unwrap(), sent);
    let public = format!(
        "/media/p/{id}/source/{}",
        source.rsplit_once('/').unwrap().1
    );
    assert_eq!(test.anon().fetch(&public).await.status, 404);
}

#[tokio::test]
async fn what_is_no_picture_changes_nothing_and_leaves_nothing() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let whole = picture(64, 64);
    let mut huge = whole.clone();
    let frame = huge.windows(2).position(|at| at == [0xff, 0xc0]).unwrap();
    huge[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    for (bytes, code) in [
        (&b"<html><script>alert(1)</script>"[..], "not_media"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "unsupported_svg",
        ),
        (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "unsupported_heic"),
        (&whole[..whole.len() / 2], "truncated"),
        (&huge, "too_many_pixels"),
        (b"", "empty"),
    ] {
        for path in ["/me/avatar", "/me/cover"] {
            let faults = put_picture(&ada, path, bytes).await.faults();
            assert_eq!(faults, [("/picture".to_owned(), code.to_owned())]);
        }
    }
    let big = vec![0xff; (10 << 20) + 1];
    let refused = put_picture(&ada, "/me/avatar", &big).await;
    assert_eq!(refused.refusal(), (413, "body_too_large".to_owned()));
    assert_eq!(url_of(&ada, "avatar_url").await, DEFAULT);
    assert_eq!(files(&test), 0);
}

#[tokio::test]
async fn whose_picture_it_is_is_told_by_the_token_alone() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let sent = picture(64, 64);
    let owner = bob.user_id.to_string();
    for name in ["userID", "user_id", "username"] {
        let parts: [Part; 2] = [
            (name, None, owner.as_bytes()),
            ("picture", Some(("a.jpg", "image/jpeg")), &sent),
        ];
        let answer = send_form(&ada, Method::PUT, "/me/avatar", &parts).await;
        assert_eq!(
            answer.faults(),
            [(format!("/{name}"), "unknown_field".to_owned())]
        );
    }
    let answer = put_picture(&test.anon(), "/me/avatar", &sent).await;
    assert_eq!(answer.status, 401);
    for client in [&ada, &bob] {
        assert_eq!(url_of(client, "avatar_url").await, DEFAULT);
    }
}

#[tokio::test]
async fn a_finished_upload_of_ones_own_becomes_a_picture_once() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let fault = |code: &str| [("/upload_id".to_owned(), code.to_owned())];
    let other = uploaded_picture(&test, &bob).await;
    for unknown in [other, MediaId::generate()] {
        let answer = put_upload(&ada, "/me/avatar", unknown).await;
        assert_eq!(answer.faults(), fault("unknown_upload"));
    }
    let video = MediaId::generate();
    insert_media(&test.database.pool, ada.user_id, video, None).await;
    let answer = put_upload(&ada, "/me/avatar", video).await;
    assert_eq!(answer.faults(), fault("not_a_picture"));
    for state in ["uploading", "processing"] {
        set_state(&test, video, state).await;
        let answer = put_upload(&ada, "/me/avatar", video).await;
        assert_eq!(answer.refusal(), (409, "media_not_ready".to_owned()));
    }
    let own = uploaded_picture(&test, &ada).await;
    for _ in 0..2 {
        assert_eq!(put_upload(&ada, "/me/cover", own).await.status, 204);
    }
    let url = url_of(&ada, "cover_url").await;
    assert!(url.starts_with(&format!("/media/p/{own}/")) && url.ends_with("/small-0badcafe.jpg"));
    let in_use = (409, "media_in_use".to_owned());
    assert_eq!(put_upload(&ada, "/me/avatar", own).await.refusal(), in_use);
    let post = json!({"text": "", "media": [{"upload_id": own.to_string()}]});
    assert_eq!(ada.post("/posts", &post).await.refusal(), in_use);
    let neither = send(
        ada.request(Method::PUT, "/api/v1/me/avatar")
            .json(&json!({})),
    )
    .await;
    assert_eq!(
        neither.faults(),
        [("/picture".to_owned(), "required".to_owned())]
    );
}

#[tokio::test]
async fn a_replaced_picture_is_shown_for_a_day_and_a_deleted_one_is_not() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let mut urls = Vec::new();
    for side in [64, 65] {
        put_picture(&ada, "/me/avatar", &picture(side, side)).await;
        urls.push(url_of(&ada, "avatar_url").await);
    }
    let replaced = format!("/media/{}", media_id(&urls[0]));
    assert_eq!(ada.get(&replaced).await.status, 404);
    assert_eq!(test.anon().fetch(&urls[0]).await.status, 200);
    let again = put_upload(&ada, "/me/cover", media_id(&urls[0])).await;
    assert_eq!(again.status, 422);
    let post = json!({"media": [{"upload_id": media_id(&urls[0])}]});
    let fault = ("/media/0/upload_id".to_owned(), "unknown_upload".to_owned());
    assert_eq!(ada.post("/posts", &post).await.faults(), [fault]);
    for _ in 0..2 {
        assert_eq!(ada.delete("/me/avatar").await.status, 204);
        assert_eq!(url_of(&ada, "avatar_url").await, DEFAULT);
    }
    test.run("update media set replaced_at = replaced_at - interval '1 day'")
        .await;
    test.forget_access();
    for url in urls {
        assert_eq!(test.anon().fetch(&url).await.status, 404);
    }
}

#[tokio::test]
async fn nobody_sees_the_picture_of_who_is_suspended() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    put_picture(&ada, "/me/avatar", &picture(64, 64)).await;
    let url = url_of(&ada, "avatar_url").await;
    assert_eq!(test.anon().fetch(&url).await.status, 200);
    test.run("update users set state = 'suspended'").await;
    test.forget_access();
    assert_eq!(test.anon().fetch(&url).await.status, 404);
}

pub(super) fn sign_up_form<'a>(fields: &'a Value, file: &'a [u8]) -> Vec<Part<'a>> {
    let fields = fields.as_object().unwrap().iter();
    let texts = fields.map(|(name, text)| (&name[..], None, text.as_str().unwrap().as_bytes()));
    texts
        .chain([("picture", Some(("me.jpg", "image/jpeg")), file)])
        .collect()
}

#[tokio::test]
async fn an_account_is_made_with_its_picture_or_not_at_all() {
    let test = TestApp::start().await;
    let anon = test.anon();
    let (fields, good) = (sign_up("ada"), picture(700, 700));
    let bad = sign_up_form(&fields, b"<html>");
    let answer = send_form(&anon, Method::POST, "/users", &bad).await;
    assert_eq!(
        answer.faults(),
        [("/picture".to_owned(), "not_media".to_owned())]
    );
    assert_eq!(anon.get("/users/ada").await.status, 404);
    assert_eq!(files(&test), 0);
    let parts = sign_up_form(&fields, &good);
    let answer = send_form(&anon, Method::POST, "/users", &parts).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let url = answer.json()["avatar_url"].as_str().unwrap().to_owned();
    assert_eq!(anon.fetch(&url).await.status, 200);
    let before = files(&test);
    let taken = send_form(&anon, Method::POST, "/users", &parts).await;
    assert_eq!(taken.refusal(), (409, "username_taken".to_owned()));
    assert_eq!(files(&test), before, "what was stored for it is gone");
    let fields = sign_up("bob");
    let unchosen = sign_up_form(&fields, b"");
    let unchosen = unchosen
        .into_iter()
        .map(|(name, file, bytes)| (name, file.map(|_| ("", "application/octet-stream")), bytes));
    let answer = send_form(&anon, Method::POST, "/users", &unchosen.collect::<Vec<_>>()).await;
    assert_eq!(
        (answer.status, &answer.json()["avatar_url"]),
        (201, &json!(DEFAULT))
    );
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_told_apart() {
    let test = TestApp::start().await;
    let fields = sign_up("ada");
    let mut parts = sign_up_form(&fields, b"x");
    parts.push(("extra", None, b"1"));
    let answer = send_form(&test.anon(), Method::POST, "/users", &parts).await;
    assert_eq!(
        answer.faults(),
        [("/extra".to_owned(), "unknown_field".to_owned())]
    );
    let twice = [("bio", None, &b"1"[..]), ("bio", None, b"2")];
    let answer = send_form(&test.anon(), Method::POST, "/users", &twice).await;
    let required = [
        "/username",
        "/email",
        "/password",
        "/first_name",
        "/last_name",
    ];
    let expected = [("/bio", "duplicate_field")]
        .into_iter()
        .chain(required.map(|pointer| (pointer, "required")))
        .chain([("/bio", "unknown_field")])
        .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    assert!(answer.faults().into_iter().eq(expected), "{answer:?}");
    let many: Vec<Part> = vec![("a", None, b"1"); 17];
    let answer = send_form(&test.anon(), Method::POST, "/users", &many).await;
    assert_eq!(answer.refusal(), (400, "too_many_parts".to_owned()));
    let post = |kind: &str, body: &str| {
        let request = test.anon().request(Method::POST, "/api/v1/users");
        send(request.header("content-type", kind).body(body.to_owned()))
    };
    for (kind, body, status) in [
        ("multipart/form-data", "", 400),
        ("multipart/form-data; boundary=x", "no parts at all", 400),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut",
            400,
        ),
        ("application/x-www-form-urlencoded", "username=ada", 415),
    ] {
        assert_eq!(post(kind, body).await.refusal().0, status, "{kind}: {body}");
    }
}

#[tokio::test]
async fn a_file_under_another_name_is_told_by_its_name() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let bytes = picture(300, 200);
    let part: Part = ("avatar", Some(("me.jpg", "image/jpeg")), &bytes);
    let answer = send_form(&ada, Method::PUT, "/me/avatar", &[part]).await;
    assert_eq!(
        answer.faults(),
        [("/avatar".to_owned(), "unknown_field".to_owned())]
    );
}

#[tokio::test]
async fn a_picture_of_a_profile_is_not_there_for_the_blocked() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    assert_eq!(
        put_picture(&ada, "/me/avatar", &picture(300, 200))
            .await
            .status,
        204
    );
    let path = format!("/media/{}", media_id(&url_of(&ada, "avatar_url").await));
    assert_eq!(bob.get(&path).await.status, 200);
    ada.put("/users/bob/block").await;
    assert_eq!(bob.get(&path).await.status, 404);
    assert_eq!(test.anon().get(&path).await.status, 200);
}

#[tokio::test]
async fn one_upload_for_an_avatar_and_a_post_at_once_hangs_on_one_of_them() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for _ in 0..20 {
        let id = uploaded_picture(&test, &ada).await;
        let body = json!({"text": "look", "media": [{"upload_id": id}]});
        let avatar = put_upload(&ada, "/me/avatar", id);
        let (avatar, post) = tokio::join!(avatar, ada.post("/posts", &body));
        let statuses = (avatar.status, post.status);
        assert!(matches!(statuses, (204, 409) | (409, 201)), "{statuses:?}");
    }
}

#[tokio::test]
async fn a_picture_of_anothers_profile_is_seen_and_not_deleted() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    put_picture(&ada, "/me/avatar", &picture(40, 40)).await;
    let path = format!("/media/{}", media_id(&url_of(&ada, "avatar_url").await));
    assert_eq!(bob.get(&path).await.status, 200);
    for (client, code) in [(&ada, "media_attached"), (&bob, "forbidden")] {
        let refused = client.delete(&path).await;
        assert_eq!(refused.refusal(), (403, code.to_owned()));
    }
    test.run("insert into blocks (blocker_id, blocked_id) values (1, 2)")
        .await;
    assert_eq!(bob.delete(&path).await.refusal().0, 404);
}
