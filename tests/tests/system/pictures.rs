//! api-server is killed when the files of a picture exist but its rows do not. Users see nothing of
//! it, and the sweeps remove the files.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, RequestBuilder, StatusCode};
use system_tests::harness::{Client, DEADLINE, PASSWORD, Program, Stack, eventually};

use super::purges::PICTURE;

#[tokio::test]
async fn a_picture_cut_short_before_its_rows_is_nowhere_and_its_files_are_swept() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    let before = files(&stack.store());
    kill_at(&mut stack, ada.api(Method::PUT, "/api/v1/me/avatar"), &[]).await;
    let fields = [
        ("username", "unborn"),
        ("email", "unborn@example.org"),
        ("password", PASSWORD),
        ("first_name", "Un"),
        ("last_name", "Born"),
    ];
    kill_at(&mut stack, ada.api(Method::POST, "/api/v1/users"), &fields).await;

    let left = files(&stack.store());
    assert!(left.len() >= before.len() + 4, "{left:?}");
    let me = ada.get("/api/v1/me").await;
    assert_eq!(me["avatar_url"], "/media/default/avatar.png");
    let unborn = ada.api(Method::GET, "/api/v1/users/unborn").send().await;
    assert_eq!(unborn.unwrap().status(), StatusCode::NOT_FOUND);
    for path in left.iter().filter(|path| path.starts_with("media")) {
        let path = format!("/media/p/{}", path.strip_prefix("media").unwrap().display());
        let answer = ada.api(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let rows: i64 = sqlx::query_scalar("select count(*) from uploads")
        .fetch_one(&stack.database.pool)
        .await
        .unwrap();
    assert_eq!(rows, 0);

    // Recent files might belong to a request in progress.
    grow_old(&stack.store());
    for program in [Program::Upload, Program::Transcoder] {
        stack.terminate(program, DEADLINE).await;
        stack.restart(program).await;
    }
    eventually("the sweeps to remove the files", DEADLINE, async || {
        (files(&stack.store()) == before).then_some(())
    })
    .await;
}

/// Sends a picture to an api-server that is killed when it has stored the files.
async fn kill_at(stack: &mut Stack, request: RequestBuilder, fields: &[(&str, &str)]) {
    stack.terminate(Program::Api, DEADLINE).await;
    let armed = [("PAWL_FAIL_POINT", "picture.stored:kill")];
    stack.restart_with(Program::Api, &armed).await;
    let kind = "multipart/form-data; boundary=between";
    let request = request.header("content-type", kind).body(form(fields));
    assert!(request.send().await.is_err(), "it was killed");
    let status = stack.process(Program::Api).wait(DEADLINE).await;
    assert_eq!(status.code(), None, "it was killed");
    stack.restart(Program::Api).await;
}

fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, text) in fields {
        let part = format!(
            "--between\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
        );
        form.extend(part.into_bytes());
    }
    form.extend(b"--between\r\nContent-Disposition: form-data; name=\"picture\"; ");
    form.extend(b"filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n");
    form.extend(STANDARD.decode(PICTURE).unwrap());
    form.extend(b"\r\n--between--\r\n");
    form
}

/// All files in `sources` and `media`, as paths within the store.
fn files(store: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![store.join("sources"), store.join("media")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.push(path.strip_prefix(store).unwrap().to_owned());
        }
    }
    found.sort();
    found
}

/// Makes them look hours old.
fn grow_old(store: &Path) {
    let long_ago = SystemTime::now() - Duration::from_hours(2);
    for path in files(store) {
        let file = File::open(store.join(path)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
}
