//! Tests with more pictures than the server may convert, and with some that end or hold up their
//! children.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use std::ffi::OsString;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use image::{DynamicImage, ImageFormat};
use reqwest::Method;
use shared::testing::webp_of_many_codes;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::testing::{ABORTS, HANGS, PANICS};
use super::*;
use crate::testing::{Answer, Client, TestApp, send};

const DEADLINE: Duration = Duration::from_mins(1);
const FORM: &str = "multipart/form-data; boundary=between";
const PART: &[u8] = b"--between\r\nContent-Disposition: form-data; name=\"picture\"; \
    filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n";

/// A small picture.
fn small() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::new_rgb8(64, 64);
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn put_picture(client: &Client) -> Answer {
    put(client, &small()).await
}

async fn put(client: &Client, picture: &[u8]) -> Answer {
    let request = client.request(Method::PUT, "/api/v1/me/avatar");
    let form = [PART, picture, b"\r\n--between--\r\n"].concat();
    send(request.header("content-type", FORM).body(form)).await
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
    let taken = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]
        .map(|network| hold_part(&test, network));
    assert_busy(&put_picture(&ada).await);
    drop(taken);
    assert_eq!(put_picture(&ada).await.status, 204);
    await_used(&test, 0..=0).await;
}

/// Holds a network's part of the memory, a quarter of all.
fn hold_part(test: &TestApp, network: &str) -> impl Sized {
    let mut held = test.app.pictures.memory.body(network.to_owned());
    held.grow(FORM_BYTES / 4).unwrap();
    held
}

#[tokio::test]
async fn a_network_that_holds_its_share_of_the_room_leaves_the_rest_to_others() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let mut elsewhere = test.anon_at([127, 0, 0, 9]);
    elsewhere.token.clone_from(&ada.token);
    let taken = hold_part(&test, "127.0.0.1");
    assert_busy(&put_picture(&ada).await);
    assert_eq!(put_picture(&elsewhere).await.status, 204);
    drop(taken);
    assert_eq!(put_picture(&ada).await.status, 204);
}

#[tokio::test]
async fn a_full_queue_is_503() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let taken = test.app.pictures.slots.fill();
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
    await_used(&test, 400_000..=600_000).await;
    drop(stream);
    await_used(&test, 0..=0).await;
}

/// Waits until the used memory is in this range.
async fn await_used(test: &TestApp, bytes: std::ops::RangeInclusive<usize>) {
    let memory = &test.app.pictures.memory;
    let waiting = async {
        while !bytes.contains(&memory.used_bytes()) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waited.unwrap_or_else(|_| panic!("{} bytes are used", memory.used_bytes()));
}

#[tokio::test]
async fn a_picture_that_ends_its_child_is_422() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for (picture, code) in [
        (PANICS, "encoder_failed"),
        (ABORTS, "out_of_memory"),
        (&webp_of_many_codes(), "out_of_memory"),
    ] {
        let answer = put(&ada, picture).await;
        assert_eq!(answer.faults(), [("/picture".to_owned(), code.to_owned())]);
    }
    assert_eq!(put_picture(&ada).await.status, 204);
    assert_eq!(test.app.pictures.pending(), 0);
}

#[tokio::test]
async fn a_child_that_cannot_start_is_503() {
    let missing = PictureProgram::of("/nowhere/api-server".into());
    let test = TestApp::start_with(|app| app.pictures = Pictures::new(missing)).await;
    let answer = put_picture(&test.person("ada").await).await;
    assert_eq!(answer.refusal(), (503, "unavailable".to_owned()));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(test.app.pictures.pending(), 0);
}

#[tokio::test]
async fn a_request_that_is_given_up_kills_its_child_and_frees_the_slot() {
    let test = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let picture = [HANGS, folder.path().as_os_str().as_encoded_bytes()].concat();
    let made = test.app.pictures.make(picture.into(), |_, _| Ok(()));
    let child = tokio::select! {
        _ = made => panic!("it never ends"),
        child = await_child(folder.path()) => child,
    };
    assert_eq!(test.app.pictures.pending(), 0);
    let process = Path::new("/proc").join(child);
    let gone = async {
        while process.exists() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(DEADLINE, gone).await.unwrap();
}

/// Waits until a child has put its process id in the folder.
async fn await_child(folder: &Path) -> OsString {
    let appeared = async {
        loop {
            if let Some(entry) = folder.read_dir().unwrap().next() {
                return entry.unwrap().file_name();
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(DEADLINE, appeared).await.unwrap()
}

#[tokio::test]
async fn the_check_before_a_start_converts_a_picture() {
    test_pictures().check().await.unwrap();
    let missing = PictureProgram::of("/nowhere/api-server".into());
    let checked = Pictures::new(missing).check().await;
    assert!(matches!(checked, Err(ConversionError::Failed(_))));
}
