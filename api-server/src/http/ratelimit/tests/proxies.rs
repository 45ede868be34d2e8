//! Behind a trusted proxy, limits and session lists use the client address that the proxy names.
//! Addresses that other peers claim are ignored.

use reqwest::Method;
use serde_json::{Value, json};
use shared::testing::test_redis;
use uuid::Uuid;

use super::few;
use crate::testing::{Answer, PASSWORD, TestApp, send, sign_up};

const PROXY: [u8; 4] = [127, 0, 0, 9];
const STRANGER: [u8; 4] = [127, 0, 0, 8];

/// Sends GET from `peer` with `client` as the forwarded address.
async fn get(test: &TestApp, peer: [u8; 4], client: &str) -> u16 {
    let request = test.anon_at(peer).request(Method::GET, "/api/v1/instance");
    send(request.header("x-forwarded-for", client)).await.status
}

async fn post(test: &TestApp, peer: [u8; 4], client: &str, (path, body): (&str, &Value)) -> Answer {
    let path = format!("/api/v1{path}");
    let request = test.anon_at(peer).request(Method::POST, &path);
    send(request.header("x-forwarded-for", client).json(body)).await
}

#[tokio::test]
async fn each_client_of_a_trusted_proxy_has_requests_of_its_own() {
    let key_prefix = Uuid::new_v4().to_string();
    let test = TestApp::start_behind(&["127.0.0.9/32"], |app| {
        app.limiter = app
            .refusals
            .limiter(&few(), test_redis())
            .with_key_prefix(test_redis(), &key_prefix);
    })
    .await;
    for _ in 0..6 {
        assert_eq!(get(&test, PROXY, "198.51.100.1").await, 200);
    }
    assert_eq!(get(&test, PROXY, "198.51.100.1").await, 429);
    // The client sent the first address; the proxy appended the second.
    assert_eq!(get(&test, PROXY, "198.51.100.2, 198.51.100.1").await, 429);
    assert_eq!(get(&test, PROXY, "198.51.100.2").await, 200);
    for last in 1..=6 {
        let status = get(&test, STRANGER, &format!("203.0.113.{last}")).await;
        assert_eq!(status, 200);
    }
    assert_eq!(get(&test, STRANGER, "203.0.113.7").await, 429);
    assert_eq!(
        get(&test, PROXY, "203.0.113.7").await,
        200,
        "nobody was counted as them"
    );
}

#[tokio::test]
async fn a_session_tells_the_network_that_a_trusted_proxy_names() {
    let test = TestApp::start_behind(&["127.0.0.9/32"], |app| app.limits.limits = true).await;
    let ada = sign_up("ada");
    assert_eq!(
        post(&test, PROXY, "198.51.100.1", ("/users", &ada))
            .await
            .status,
        201
    );
    let login = json!({"login": "ada", "password": PASSWORD});
    for (peer, client, network) in [
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "2001:db8:1:2::7", "2001:db8:1:2::/64"),
        (PROXY, "192.0.2.1, 198.51.100.3:4711", "198.51.100.3"),
        (PROXY, "unknown", "127.0.0.9"),
        (STRANGER, "198.51.100.1", "127.0.0.8"),
    ] {
        let answer = post(&test, peer, client, ("/sessions", &login)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let tokens = answer.json();
        let sessions = test
            .holder(&tokens["access_token"])
            .get("/sessions")
            .await
            .json();
        let sessions = sessions["items"].as_array().unwrap();
        let current = sessions.iter().find(|session| session["current"] == true);
        assert_eq!(
            current.unwrap()["network"],
            network,
            "{peer:?} for {client}"
        );
    }
    let counted = "select string_agg(distinct network, ' ' order by network) from sign_in_attempts";
    let networks = "127.0.0.8 127.0.0.9 198.51.100.1 198.51.100.3 2001:db8:1:2::/64";
    assert_eq!(test.ask(counted).await, networks);
}
