//! The memory of JSON bodies.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::http::BodyMemory;

const PART_OF_A_NETWORK: usize = 64 << 10;

/// A sign-in with a body of this many bytes, from a network behind the trusted proxy.
async fn sign_in_from(test: &TestApp, network: &str, bytes: usize) -> Answer {
    let request = test.anon().request(Method::POST, "/api/v1/sessions");
    let body = json!({"login": "a", "password": "x".repeat(bytes)});
    send(request.header("x-forwarded-for", network).json(&body)).await
}

/// Waits until the JSON bodies hold exactly this much.
async fn await_used(test: &TestApp, bytes: usize) {
    let memory = &test.app.json_memory;
    let waiting = async {
        while memory.used_bytes() != bytes {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waited.unwrap_or_else(|_| panic!("{} bytes are used", memory.used_bytes()));
}

#[tokio::test]
async fn slow_bodies_of_one_network_take_no_memory_from_others_nor_from_small_bodies() {
    let memory = Arc::new(BodyMemory::new(4 * PART_OF_A_NETWORK));
    let test = TestApp::start_behind(&["127.0.0.1/32"], |app| app.json_memory = memory).await;
    let address = test.url.strip_prefix("http://").unwrap();
    let head = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: {address}\r\nX-Forwarded-For: 192.0.2.1\r\n\
        Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
    );
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&vec![b' '; 50_000]).await.unwrap();
    await_used(&test, PART_OF_A_NETWORK).await;

    let refused = sign_in_from(&test, "192.0.2.1", 20_000).await;
    assert_eq!(refused.refusal(), (503, "busy".to_owned()));
    assert_eq!(refused.headers["retry-after"], "1");
    for (network, bytes) in [("192.0.2.1", 4_000), ("192.0.2.2", 20_000)] {
        let answer = sign_in_from(&test, network, bytes).await;
        assert!(answer.status < 500, "{network} {bytes}: {answer:?}");
    }
    drop(slow);
    await_used(&test, 0).await;
}
