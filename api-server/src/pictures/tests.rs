//! Tests with more pictures than the server may process.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, ImageFormat};
use reqwest::Method;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::*;
use crate::testing::{Answer, Client, TestApp, send};

const FORM: &str = "multipart/form-data; boundary=between";
const PART: &[u8] = b"--between\r\nContent-Disposition: form-data; name=\"picture\"; \
    filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n";

/// A form with a small picture.
fn form() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::new_rgb8(64, 64);
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    [PART, &bytes.into_inner(), b"\r\n--between--\r\n"].concat()
}

async fn put_picture(client: &Client) -> Answer {
    let request = client.request(Method::PUT, "/api/v1/me/avatar");
    send(request.header("content-type", FORM).body(form())).await
}

fn assert_busy(answer: &Answer) {
    assert_eq!(answer.refusal(), (503, "busy".to_owned()));
    let seconds = answer.headers["retry-after"].to_str().unwrap();
    assert!(seconds.parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn a_picture_without_room_in_memory_is_503() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let all = u32::try_from(ROOM_KIB).unwrap();
    let room = Arc::clone(&test.app.pictures.room);
    let taken = room.try_acquire_many_owned(all).unwrap();
    assert_busy(&put_picture(&ada).await);
    drop(taken);
    assert_eq!(put_picture(&ada).await.status, 204);
    room_is(&test, ROOM_KIB..=ROOM_KIB).await;
}

#[tokio::test]
async fn a_network_that_holds_its_share_of_the_room_leaves_the_rest_to_others() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let mut elsewhere = test.anon_at([127, 0, 0, 9]);
    elsewhere.token.clone_from(&ada.token);
    let share = test.app.pictures.network_rooms.get("127.0.0.1".to_owned());
    let all = u32::try_from(SHARE_KIB).unwrap();
    let taken = share.try_acquire_many_owned(all).unwrap();
    assert_busy(&put_picture(&ada).await);
    assert_eq!(put_picture(&elsewhere).await.status, 204);
    drop(taken);
    assert_eq!(put_picture(&ada).await.status, 204);
}

#[tokio::test]
async fn a_full_queue_is_503() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let taken = test.app.pictures.queue.fill();
    assert_busy(&put_picture(&ada).await);
    drop(taken);
    assert_eq!(put_picture(&ada).await.status, 204);
}

#[tokio::test]
async fn a_truncated_body_frees_its_room() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let address = test.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT /api/v1/me/avatar HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
        Content-Type: {FORM}\r\nContent-Length: 1000000\r\n\r\n",
        ada.token.as_ref().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(PART).await.unwrap();
    stream.write_all(&vec![b'x'; 500_000]).await.unwrap();
    room_is(&test, 0..=ROOM_KIB - 400).await;
    drop(stream);
    room_is(&test, ROOM_KIB..=ROOM_KIB).await;
}

/// Waits until the free memory is in this range.
async fn room_is(test: &TestApp, free: std::ops::RangeInclusive<usize>) {
    let room = &test.app.pictures.room;
    let waiting = async {
        while !free.contains(&room.available_permits()) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waited.unwrap_or_else(|_| panic!("{} KiB are free", room.available_permits()));
}

#[tokio::test]
async fn a_decoder_that_panics_is_422() {
    let sent = Bytes::from_static(include_bytes!("../../assets/avatar.png"));
    let pictures = Pictures::default();
    let made = pictures.make(sent.clone(), |_, _| -> io::Result<()> {
        panic!("as a decoder would")
    });
    let refused = made.await.unwrap_err().into_problem();
    assert_eq!(refused.status().as_u16(), 422);
    pictures.make(sent, |_, _| Ok(())).await.unwrap();
}
