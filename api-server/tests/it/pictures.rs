//! Pictures that are converted in child processes of the server's own binary.

use std::io::Cursor;
use std::process::Command;

use image::{DynamicImage, ImageFormat};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use shared::testing::{TestDatabase, webp_of_many_codes};

use crate::binary::Server;
use crate::memory::peak_bytes;

/// The form of the attack has 4 MB; its conversion would need 1.3 GB.
const MOST_GROWTH: u64 = 100 << 20;

/// A new user's token.
async fn sign_up(server: &Server) -> String {
    let http = Client::new();
    let password = "correct horse battery";
    let user = json!({
        "username": "ada", "email": "ada@example.org", "password": password,
        "first_name": "Ada", "last_name": "L",
    });
    let url = format!("{}/api/v1/users", server.url);
    let created = http.post(url).json(&user).send().await.unwrap();
    assert_eq!(created.status(), StatusCode::CREATED);
    let url = format!("{}/api/v1/sessions", server.url);
    let login = json!({"login": "ada", "password": password});
    let session = http.post(url).json(&login).send().await.unwrap();
    let session: Value = session.json().await.unwrap();
    session
        .get("access_token")
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}

async fn put_avatar(server: &Server, token: &str, picture: &[u8]) -> (StatusCode, String) {
    let head =
        b"--between\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me\"\r\n\r\n";
    let form = [&head[..], picture, b"\r\n--between--\r\n"].concat();
    let request = Client::new()
        .put(format!("{}/api/v1/me/avatar", server.url))
        .header("content-type", "multipart/form-data; boundary=between")
        .bearer_auth(token);
    let answer = request.body(form).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_that_needs_a_gigabyte_is_422_and_costs_the_server_no_memory() {
    let database = TestDatabase::create().await;
    let server = Server::start(&database).await;
    let token = sign_up(&server).await;
    let mut picture = Cursor::new(Vec::new());
    let image = DynamicImage::new_rgb8(64, 64);
    image.write_to(&mut picture, ImageFormat::Png).unwrap();
    let (status, text) = put_avatar(&server, &token, picture.get_ref()).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{text}");
    let process = server.process.id().unwrap();
    let before = peak_bytes(process);
    let (status, text) = put_avatar(&server, &token, &webp_of_many_codes()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert!(text.contains("\"out_of_memory\""), "{text}");
    let grown = peak_bytes(process) - before;
    assert!(grown < MOST_GROWTH, "grown by {grown} bytes");
}

#[test]
fn the_child_refuses_a_command_line_that_is_not_its_own_and_help_does_not_list_it() {
    let run = |arguments: &[&str]| {
        let binary = env!("CARGO_BIN_EXE_api-server");
        Command::new(binary).args(arguments).output().unwrap()
    };
    assert_eq!(run(&["make-picture", "1"]).status.code(), Some(64));
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    assert!(
        help.contains("serve") && !help.contains("make-picture"),
        "{help}"
    );
}
