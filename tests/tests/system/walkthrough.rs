//! Runs the walk-throughs of the documents as written.

use std::{fs, path::Path};

use system_tests::harness::{DEADLINE, LentStack, decode, picture_from_video, video_file};
use tokio::{process::Command, time::timeout};

use super::lent_stack;

const MARK: &str = "<!-- walkthrough -->\n```bash\n";

#[tokio::test]
async fn the_walk_through_in_the_readme_ends_with_a_video_that_plays() {
    let told = walk(&lent_stack(), "README.md").await;
    let is_playlist = |line: &&str| line.ends_with("/master.m3u8");
    let playlist = told.lines().find(is_playlist).expect("an address");
    let (_, streams) = told.split_once(playlist).expect("then its streams");
    assert!(
        streams.contains("codec_name=h264") && streams.contains("width=1280"),
        "{told}"
    );
    decode(playlist).await;
}

#[tokio::test]
async fn the_first_hour_with_the_api_shows_two_people_a_post_and_a_feed() {
    let told = walk(&lent_stack(), "docs/api.md").await;
    let lines: Vec<_> = told.lines().collect();
    let [ada, bob, email, rest @ ..] = &lines[..] else {
        panic!("{told}");
    };
    assert!(ada.starts_with("ada") && bob.starts_with("bob"), "{told}");
    assert_eq!(*email, format!("{ada}@example.org"));
    let expected = [
        "ready",
        "ready",
        "image/jpeg",
        "Hello",
        "Well flown",
        "True",
        "1",
        "…Z",
        "True",
        ada,
        "/media/p/…",
        ada,
        "304",
        "/text",
    ];
    let fits = |(told, expected): (&&str, &&str)| match expected.split_once('…') {
        Some((start, end)) => told.starts_with(start) && told.ends_with(end),
        None => told == expected,
    };
    assert_eq!(rest.len(), expected.len(), "{told}");
    assert!(rest.iter().zip(&expected).all(fits), "{told}");
}

/// The output of a document's blocks, run as one script against a stack.
async fn walk(stack: &LentStack, document: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("picture.jpg");
    picture_from_video(&picture).await;
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script(document)])
        .env("API", stack.api_url())
        .env("UPLOAD", format!("{}/files/", stack.upload_url()))
        .env("VIDEO", video_file().0)
        .env("PICTURE", &picture)
        .kill_on_drop(true);
    let output = timeout(DEADLINE, bash.output())
        .await
        .expect("it ends")
        .expect("bash is there");
    let complaints = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && complaints.is_empty(),
        "{}: {complaints}{told}",
        output.status
    );
    told
}

/// The marked shell blocks, one after the other.
fn script(document: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(document);
    let text = fs::read_to_string(path).unwrap();
    let blocks: Vec<_> = text
        .split(MARK)
        .skip(1)
        .map(|after| after.split_once("\n```\n").expect("it ends").0)
        .collect();
    assert!(!blocks.is_empty(), "{document} has marked blocks");
    assert_eq!(
        blocks.len(),
        text.matches("```bash").count(),
        "every command in {document} is run"
    );
    blocks.join("\n")
}
