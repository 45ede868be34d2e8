//! `make demo` on a running stack, twice.

use std::path::Path;

use serde_json::{Value, json};
use system_tests::harness::{PATIENCE, video_file};
use tokio::{process::Command, time::timeout};

use super::lent_stack;

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
    let output = timeout(PATIENCE, demo.output()).await.expect("it ends");
    let output = output.expect("bash is there");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    String::from_utf8(output.stdout).unwrap()
}

async fn posts_of_mira(api_url: &str) -> Vec<Value> {
    let url = format!("{api_url}/api/v1/users/mira/posts");
    let page: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    page["items"].as_array().unwrap().clone()
}
