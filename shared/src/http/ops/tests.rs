//! The routes of the ops service, without sockets.

use std::sync::atomic::{AtomicU32, Ordering};

use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::telemetry::{Build, Metrics};

async fn get(checks: Checks, path: &str) -> (StatusCode, String) {
    let ops = Ops::new(Metrics::new(Build::of("example")), checks);
    let response = ops
        .oneshot(Request::get(path).body(()).unwrap())
        .await
        .unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn metrics_are_openmetrics_text() {
    let (status, text) = get(Checks::new(), "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("pawl_process_open_fds"), "{text}");
}

#[tokio::test]
async fn degraded_checks_leave_the_process_ready_and_failed_ones_do_not() {
    for (health, expected, word) in [
        (Health::Ok, 200, "ok"),
        (Health::Degraded("no Redis"), 200, "degraded"),
        (Health::Failed("no Postgres"), 503, "failed"),
    ] {
        let checks = Checks::new()
            .with("steady", || async { Health::Ok })
            .with("shaky", move || async move { health });
        let (status, text) = get(checks, "/readyz").await;
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (status.as_u16(), &json["status"]),
            (expected, &Value::from(word))
        );
        assert_eq!(json["checks"][0]["status"], "ok");
        assert_eq!(json["checks"][1]["name"], "shaky");
    }
}

#[tokio::test]
async fn a_check_that_hangs_has_failed() {
    let checks = Checks::new().with("hung", std::future::pending);
    let (status, text) = get(checks, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("no answer in time"), "{text}");
}

#[tokio::test]
async fn the_process_is_alive_whatever_its_checks_say() {
    let checks = Checks::new().with("down", || async { Health::Failed("down") });
    assert_eq!(get(checks, "/healthz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn many_requests_share_one_report() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let checks = Checks::new().with("counted", || async {
        RUNS.fetch_add(1, Ordering::Relaxed);
        Health::Ok
    });
    for _ in 0..20 {
        checks.answer("/readyz").await.unwrap();
    }
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn anything_else_is_a_problem() {
    assert_eq!(
        get(Checks::new(), "/secrets").await.0,
        StatusCode::NOT_FOUND
    );
    let ops = Ops::new(Metrics::new(Build::of("example")), Checks::new());
    let response = ops
        .oneshot(Request::post("/metrics").body(()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "GET, HEAD");
}
