//! Programs that do not end are stopped, and what that means for the video.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use transcoder::{
    limits::Limits, plan::Plan, poster::make_poster, probe::probe, sandbox::Sandbox,
    testing::limits,
};

use crate::stage::{BINARY, test_video};

/// A program that never ends.
fn endless(folder: &Path) -> PathBuf {
    let path = folder.join("endless");
    std::fs::write(&path, "#!/bin/sh\nexec tail -f /dev/null\n").unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    path
}

fn impatient() -> Limits {
    Limits {
        probe_time: Duration::from_millis(50),
        ..limits()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poster_that_takes_too_long_is_left_out_and_the_video_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(BINARY.into(), endless(folder.path()), "ffprobe".into());
    let source = probe(&sandbox, &test_video(), &limits()).await;
    let plan = Plan::new(source.unwrap(), &limits());
    let poster = make_poster(&sandbox, &plan, &test_video(), &impatient()).await;
    assert_eq!(poster.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_that_takes_too_long_is_named_and_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(BINARY.into(), "ffmpeg".into(), endless(folder.path()));
    let failure = probe(&sandbox, &test_video(), &impatient()).await;
    let failure = failure.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "timed_out: probing the file took too long"
    );
    assert!(failure.is_retried(), "{failure:?}");
}
