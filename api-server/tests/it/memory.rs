//! The memory of an idle server.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use shared::testing::TestDatabase;

use crate::binary::Server;

const MIB: u64 = 1 << 20;
/// Hashing one password takes 19 MiB; a server that kept this memory would exceed the limit by far.
const MOST_GROWTH: u64 = 12 * MIB;

fn resident_bytes(process: u32) -> u64 {
    status_bytes(process, "VmRSS:")
}

/// The most memory that a process has had.
pub fn peak_bytes(process: u32) -> u64 {
    status_bytes(process, "VmHWM:")
}

fn status_bytes(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() << 10
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_sign_ins_leaves_no_memory_behind() {
    let database = TestDatabase::create().await;
    let server = Server::start(&database).await;
    let process = server.process.id().unwrap();
    let before = resident_bytes(process);
    let http = reqwest::Client::new();
    let sign_in = json!({"login": "nobody", "password": "correct horse"});
    for _ in 0..5 {
        let burst = (0..20).map(|_| {
            let url = format!("{}/api/v1/sessions", server.url);
            http.post(url).json(&sign_in).send()
        });
        for answer in join_all(burst).await {
            assert_eq!(answer.unwrap().status(), 401);
        }
    }
    // A hashing thread keeps its memory until it has been idle for a second.
    let grown = || resident_bytes(process).saturating_sub(before);
    let soon = Instant::now() + Duration::from_mins(1);
    while grown() >= MOST_GROWTH && Instant::now() < soon {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(grown() < MOST_GROWTH, "grown by {} MiB", grown() / MIB);
}
