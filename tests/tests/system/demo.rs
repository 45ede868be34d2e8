//! `make demo` on a running stack, twice.

use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::harness::{DEADLINE, decode, eventually, video_file};
use tokio::{process::Command, time::timeout};

use super::lent_stack;

/// Many requests, ten pictures and videos that are made with ffmpeg, and their transcoding.
const WHOLE_STORY: Duration = DEADLINE.saturating_mul(4);

const PEOPLE: [&str; 5] = ["mira", "tomas", "yuki", "amara", "jonas"];

#[tokio::test]
async fn the_demonstration_fills_a_stack_once() {
    let stack = lent_stack();
    let folder = tempfile::tempdir().unwrap();
    let run_json = folder.path().join("run.json");
    let told = json!({"api_url": stack.api_url()});
    std::fs::write(&run_json, told.to_string()).unwrap();

    assert!(run_demo(&run_json).await.contains("sign in as mira"));
    let posts = posts_of_mira(stack.api_url()).await;
    let film = &posts[0];
    assert_eq!(film["media"][0]["kind"], "video");
    assert_eq!(film["likes_count"], 4);
    assert_eq!(film["comments_count"], 4);
    let [images, videos] = settled_media(stack.api_url()).await;
    fetch_image(stack.api_url(), &images[0]["variants"][0]["url"]).await;
    let playlist = videos[0]["playback"]["hls_url"].as_str().unwrap();
    decode(&format!("{}{playlist}", stack.api_url())).await;
    for who in PEOPLE {
        let user = get(&format!("{}/api/v1/users/{who}", stack.api_url())).await;
        for place in ["avatar_url", "cover_url"] {
            let address = user[place].as_str().unwrap();
            assert!(!address.contains("/default/"), "{who}: {address}");
            fetch_image(stack.api_url(), &user[place]).await;
        }
    }

    assert!(run_demo(&run_json).await.contains("sign in as mira"));
    let again = posts_of_mira(stack.api_url()).await;
    assert_eq!(again.len(), posts.len(), "the second time adds nothing");
}

async fn run_demo(run_json: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/demo");
    let mut demo = Command::new(script);
    demo.arg(run_json)
        .env("PAWL_TEST_VIDEO", video_file().0)
        .kill_on_drop(true);
    let output = timeout(WHOLE_STORY, demo.output()).await.expect("it ends");
    let output = output.expect("bash is there");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    String::from_utf8(output.stdout).unwrap()
}

async fn posts_of_mira(api_url: &str) -> Vec<Value> {
    posts_of(api_url, "mira").await
}

async fn posts_of(api_url: &str, who: &str) -> Vec<Value> {
    let page = get(&format!("{api_url}/api/v1/users/{who}/posts")).await;
    page["items"].as_array().unwrap().clone()
}

async fn get(url: &str) -> Value {
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// The pictures and videos of all posts, when each is ready.
async fn settled_media(api_url: &str) -> [Vec<Value>; 2] {
    eventually("all media to be ready", WHOLE_STORY, async || {
        let mut media = Vec::new();
        for who in PEOPLE {
            for post in posts_of(api_url, who).await {
                media.extend(post["media"].as_array().unwrap().clone());
            }
        }
        for one in &media {
            assert_ne!(one["state"], "failed", "{one}");
        }
        let is_ready = |one: &Value| one["state"] == "ready";
        media.iter().all(is_ready).then(|| {
            let of_kind = |kind: &str| {
                let fitting = media.iter().filter(|one| one["kind"] == kind);
                fitting.cloned().collect::<Vec<_>>()
            };
            [of_kind("image"), of_kind("video")]
        })
    })
    .await
}

async fn fetch_image(api_url: &str, address: &Value) {
    let url = format!("{api_url}{}", address.as_str().unwrap());
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{address}");
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert!(answer.bytes().await.unwrap().starts_with(&[0xff, 0xd8]));
}
