//! Real files, real folders, whole answers.

use std::{fs, os::unix::fs::symlink};

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::BodyExt;
use tempfile::TempDir;

use super::*;
use crate::http::Body;

const TEXT: &str = "text/plain; charset=utf-8";

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect()
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The response to a request for a file of ten bytes.
async fn ten(method: Method, lines: &[(&'static str, &str)]) -> Response<Body> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ten.txt");
    fs::write(&path, "0123456789").unwrap();
    let etag = "\"ten\"".parse().unwrap();
    let file = StoredFile::open_tagged(path, HeaderValue::from_static(TEXT), etag)
        .await
        .unwrap();
    file.respond(&method, &headers(lines)).await
}

#[tokio::test]
async fn a_whole_file_has_all_headers() {
    let response = ten(Method::GET, &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in [
        (header::CONTENT_LENGTH, "10"),
        (header::CONTENT_TYPE, TEXT),
        (header::ACCEPT_RANGES, "bytes"),
        (header::ETAG, "\"ten\""),
    ] {
        assert_eq!(response.headers()[&name], value, "{name}");
    }
    assert!(response.headers().contains_key(header::LAST_MODIFIED));
    assert_eq!(text(response).await, "0123456789");
}

#[tokio::test]
async fn one_range_is_a_part_and_several_are_the_whole() {
    for (range, status, length, body) in [
        ("bytes=2-4", 206, "3", "234"),
        ("bytes=-2", 206, "2", "89"),
        ("bytes=0-1,4-5", 200, "10", "0123456789"),
    ] {
        let response = ten(Method::GET, &[("range", range)]).await;
        assert_eq!(response.status().as_u16(), status, "{range}");
        assert_eq!(
            response.headers()[header::CONTENT_LENGTH],
            length,
            "{range}"
        );
        assert_eq!(text(response).await, body, "{range}");
    }
    let part = ten(Method::GET, &[("range", "bytes=2-4")]).await;
    assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 2-4/10");
}

#[tokio::test]
async fn a_range_behind_the_end_is_416_and_tells_the_length() {
    let response = ten(Method::GET, &[("range", "bytes=10-")]).await;
    assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(response.headers()[header::CONTENT_RANGE], "bytes */10");
    assert!(text(response).await.contains("range_not_satisfiable"));
}

#[tokio::test]
async fn if_range_with_an_old_tag_gives_the_whole() {
    let lines = [("range", "bytes=2-4"), ("if-range", "\"old\"")];
    assert_eq!(ten(Method::GET, &lines).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_matching_tag_is_304_without_a_body() {
    let response = ten(Method::GET, &[("if-none-match", "\"ten\"")]).await;
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(response.headers()[header::ETAG], "\"ten\"");
    assert_eq!(text(response).await, "");
}

#[tokio::test]
async fn head_tells_the_length_and_sends_nothing() {
    let response = ten(Method::HEAD, &[("range", "bytes=2-4")]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_LENGTH], "10");
    assert_eq!(text(response).await, "");
}

#[tokio::test]
async fn a_large_file_comes_whole_and_in_pieces() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large");
    let bytes: Vec<u8> = (0_u32..1_000_000).map(|i| (i % 251) as u8).collect();
    fs::write(&path, &bytes).unwrap();
    let kind = HeaderValue::from_static("application/octet-stream");
    let file = StoredFile::open(path, kind).await.unwrap();
    let range = headers(&[("range", "bytes=300000-")]);
    let mut body = file.respond(&Method::GET, &range).await.into_body();
    let mut received = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.unwrap().into_data().unwrap();
        assert!(
            frame.len() <= 128 << 10,
            "a bounded piece, not {}",
            frame.len()
        );
        received.extend_from_slice(&frame);
    }
    assert!(received == bytes[300_000..]);
}

/// A built web client, and files beside it that must not be served.
struct Web {
    folder: TempDir,
}

impl Web {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let dist = folder.path().join("dist");
        fs::create_dir_all(dist.join("assets")).unwrap();
        for (name, content) in [
            ("dist/index.html", "the page"),
            ("dist/index.html.br", "the page in brotli"),
            ("dist/assets/app-1b2c.js", "the script"),
            ("dist/assets/app-1b2c.js.gz", "the script in gzip"),
            ("dist/.secret", "hidden"),
            ("outside.txt", "outside"),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        symlink("../outside.txt", dist.join("link.txt")).unwrap();
        symlink("index.html", dist.join("inside.html")).unwrap();
        Self { folder }
    }

    async fn get(&self, path: &str, lines: &[(&'static str, &str)]) -> Response<Body> {
        let directory = Directory::new(self.folder.path().join("dist"), |_| true);
        directory.respond(&Method::GET, path, &headers(lines)).await
    }
}

#[tokio::test]
async fn unknown_paths_are_pages_of_the_client() {
    let web = Web::new();
    for path in [
        "/",
        "/index.html",
        "/users/anna.b",
        "/posts/7",
        "/inside.html",
        "/assets.old",
    ] {
        let response = web.get(path, &[]).await;
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(text(response).await, "the page", "{path}");
    }
}

#[tokio::test]
async fn hashed_assets_are_immutable_and_missing_ones_are_404() {
    let web = Web::new();
    let response = web.get("/assets/app-1b2c.js", &[]).await;
    assert_eq!(
        response.headers()[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(text(response).await, "the script");
    assert_eq!(
        web.get("/assets/app-0000.js", &[]).await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        web.get("/assets", &[]).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn nothing_outside_and_nothing_hidden_is_served() {
    let web = Web::new();
    for path in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/.secret",
        "/assets/../.secret",
    ] {
        assert_eq!(
            web.get(path, &[]).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    // A link that leads out of the folder counts as a missing file.
    assert_eq!(text(web.get("/link.txt", &[]).await).await, "the page");
}

#[tokio::test]
async fn precompressed_variants_are_chosen_by_accept_encoding() {
    let web = Web::new();
    for (path, accepted, encoding, body) in [
        ("/", "gzip, br", Some("br"), "the page in brotli"),
        ("/", "gzip", None, "the page"),
        (
            "/assets/app-1b2c.js",
            "gzip, br",
            Some("gzip"),
            "the script in gzip",
        ),
    ] {
        let response = web.get(path, &[("accept-encoding", accepted)]).await;
        let told = response.headers().get(header::CONTENT_ENCODING);
        assert_eq!(
            told.map(|value| value.to_str().unwrap()),
            encoding,
            "{path} {accepted}"
        );
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        assert_eq!(text(response).await, body);
    }
}

#[tokio::test]
async fn a_client_that_was_not_built_is_404_and_only_reading_is_allowed() {
    let directory = Directory::new("/nowhere/dist", |_| true);
    let missing = directory
        .respond(&Method::GET, "/", &HeaderMap::new())
        .await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let posted = directory
        .respond(&Method::POST, "/", &HeaderMap::new())
        .await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}
