//! The metrics of the three programs, as monitoring reads them.

use std::process::Stdio;

use system_tests::harness::{Program, Stack};
use tokio::{io::AsyncWriteExt, process::Command};

/// What promtool finds wrong with metrics in the plain text format.
async fn complaints(metrics: &str) -> String {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("promtool is in Debian's package prometheus; scripts/install test installs it");
    let mut input = promtool.stdin.take().unwrap();
    input.write_all(metrics.as_bytes()).await.unwrap();
    drop(input);
    let ended = promtool.wait_with_output().await.unwrap();
    let told = [ended.stdout, ended.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    if ended.status.success() && told.is_empty() {
        return told;
    }
    format!("{} {told}", ended.status)
}

/// What alerts use, by program. All of it is there before anything has happened.
const API: &[&str] = &[
    "pawl_jobs_pending{kind=\"transcode\"} ",
    "pawl_jobs_oldest_pending_seconds{kind=\"purge\"} ",
    "pawl_jobs_total{outcome=\"exhausted\"} ",
    "pawl_batch_requests_waiting{batch=\"follows\"} 0",
    "pawl_limit_refusals_total{limit=\"sign-ins\"} ",
    "pawl_http_requests_total{operation=\"get_me\",method=\"GET\",status=\"5xx\"} ",
    "pawl_sweeps_total{sweep=\"sessions\",outcome=\"failed\"} ",
];
const UPLOAD: &[&str] = &[
    "pawl_upload_rejected_total{reason=\"no_space\"} ",
    "pawl_http_requests_total{operation=\"append_to_upload\",method=\"PATCH\",status=\"5xx\"} ",
    "pawl_sweeps_total{sweep=\"uploads\",outcome=\"failed\"} ",
];
const TRANSCODER: &[&str] = &[
    "pawl_transcode_attempts_total{outcome=\"exhausted\"} ",
    "pawl_sweeps_total{sweep=\"objects\",outcome=\"failed\"} ",
];
const ALL: &[&str] = &[
    "pawl_build_info{",
    "pawl_panics_total 0",
    "pawl_db_connections_used ",
    "pawl_db_connections_max ",
    "pawl_dependency_up{dependency=\"postgres\"} 1",
    "pawl_dependency_up{dependency=\"store\"} 1",
    "pawl_store_free_bytes ",
    "pawl_sweep_last_success_timestamp_seconds{",
    "process_resident_memory_bytes ",
    "process_start_time_seconds ",
];

#[tokio::test]
async fn promtool_accepts_the_metrics_of_every_program_and_alerts_find_theirs() {
    let stack = Stack::start().await;
    for (program, own) in [
        (Program::Api, API),
        (Program::Upload, UPLOAD),
        (Program::Transcoder, TRANSCODER),
    ] {
        let url = format!("{}/metrics", stack.url(program.ops_setting()));
        let metrics = reqwest::get(url).await.unwrap().text().await.unwrap();
        let name = program.name();
        assert_eq!(complaints(&metrics).await, "", "{name}");
        for start in ALL.iter().chain(own) {
            let is_there = metrics.lines().any(|line| line.starts_with(start));
            assert!(is_there, "{name} has no {start}: {metrics}");
        }
        // A code of the other server.
        assert!(!metrics.contains("username_taken"), "{name}");
    }
}
