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
async fn metrics_are_plain_text_or_openmetrics_as_the_reader_asks() {
    for (accept, content_type, panics) in [
        ("*/*", "text/plain; version=0.0.4", "pawl_panics_total"),
        (
            "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
            "application/openmetrics-text; version=1.0.0",
            "pawl_panics",
        ),
    ] {
        let ops = Ops::new(Metrics::new(Build::of("example")), Checks::new());
        let request = Request::get("/metrics").header(header::ACCEPT, accept);
        let response = ops.oneshot(request.body(()).unwrap()).await.unwrap();
        let told = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert!(told.starts_with(content_type), "{told}");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains("\nprocess_open_fds "), "{text}");
        let described = format!("\n# TYPE {panics} counter\npawl_panics_total ");
        assert!(text.contains(&described), "{text}");
    }
}

#[tokio::test]
async fn the_metrics_tell_the_state_of_each_dependency() {
    let metrics = Metrics::new(Build::of("example"));
    let checks = Checks::new()
        .with("postgres", || async { Health::Ok })
        .with("redis", || async { Health::Degraded("no Redis") })
        .registered(&metrics);
    let ops = Ops::new(metrics, checks);
    let request = Request::get("/metrics").body(()).unwrap();
    let response = ops.oneshot(request).await.unwrap();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("pawl_dependency_up{dependency=\"postgres\"} 1\n"));
    assert!(text.contains("pawl_dependency_up{dependency=\"redis\"} 0\n"));
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
