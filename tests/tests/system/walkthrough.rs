//! The walk-through of the README does what it says, as written.

use std::{fs, path::Path, process::Output};

use system_tests::harness::{PATIENCE, decode, video_file};
use tokio::{process::Command, time::timeout};

use super::lent_stack;

#[tokio::test]
async fn the_walk_through_in_the_readme_ends_with_a_video_that_plays() {
    let stack = lent_stack();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &walkthrough()])
        .env("API", stack.api_url())
        .env("UPLOAD", format!("{}/files/", stack.upload_url()))
        .env("VIDEO", video_file().0)
        .kill_on_drop(true);
    let output = timeout(PATIENCE, bash.output())
        .await
        .expect("it ends")
        .expect("bash is there");
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let complaints = String::from_utf8_lossy(&stderr);
    assert!(
        status.success() && complaints.is_empty(),
        "{status}: {complaints}"
    );

    let told = String::from_utf8_lossy(&stdout);
    let (playlist, streams) = told
        .trim()
        .split_once('\n')
        .expect("an address, then its streams");
    assert!(playlist.ends_with("/master.m3u8"), "{told}");
    assert!(
        streams.contains("codec_name=h264") && streams.contains("width=1280"),
        "{told}"
    );
    decode(playlist).await;
}

/// The block of shell below the mark.
fn walkthrough() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(readme).unwrap();
    let (_, after) = text
        .split_once("<!-- walkthrough -->\n```bash\n")
        .expect("it is marked");
    let (block, _) = after.split_once("\n```\n").expect("it ends");
    block.to_owned()
}
