//! The front with a service behind it, over real sockets.

use std::{convert::Infallible, time::Duration};

use http::{Request, Response, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    config::{self, HttpArgs, OriginArgs},
    http::{Body, Listener, Problem, RequestBody, full},
    telemetry::{Build, Metrics},
};

async fn answer(request: Request<RequestBody>) -> Result<Response<Body>, Infallible> {
    let id = request.extensions().get::<RequestId>().unwrap().clone();
    let ip = request.extensions().get::<ClientIp>().unwrap().0;
    let operation = request.extensions().get::<Operation>().unwrap();
    operation.set("get_thing");
    Ok(match request.uri().path() {
        "/panic" => panic!("as asked"),
        "/problem" => Problem::new(StatusCode::CONFLICT, "taken").into_response(),
        _ => Response::new(full(format!("{} {ip}", id.as_str()))),
    })
}

const CORS: CorsRules = CorsRules {
    allowed_origins: CorsAccess {
        methods: "GET",
        headers: "Range",
        expose: "ETag",
    },
    public: None,
    service_answers_options: false,
};

/// The response to `request` of a server that trusts this machine as a proxy, and its metrics.
async fn exchange(request: &str) -> (String, String) {
    let mut settings = config::defaults::<OriginArgs>().unwrap();
    settings.dev = true;
    settings.trusted_proxies = vec![config::network("127.0.0.1").unwrap()];
    let metrics = Metrics::new(Build::of("example"));
    let front = Front::new(
        tower::service_fn(answer),
        &settings,
        CORS,
        HttpMetrics::new(&metrics),
    );
    let http = config::defaults::<HttpArgs>().unwrap();
    let listener = Listener::bind("127.0.0.1:0", http).await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(listener.serve(front, stop.clone(), Duration::from_secs(5)));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    stop.cancel();
    serving.await.unwrap();
    (text, metrics.encode().unwrap())
}

#[tokio::test]
async fn every_response_carries_the_request_id() {
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                   X-Request-Id: given\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n";
    let (text, metrics) = exchange(request).await;
    assert!(text.contains("\r\nx-request-id: given\r\n"), "{text}");
    assert!(text.ends_with("given 198.51.100.1"), "{text}");
    let counted =
        "pawl_http_requests_total{operation=\"get_thing\",method=\"GET\",status=\"2xx\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(
        metrics.contains("pawl_http_requests_running 0"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_problem_contains_the_request_id() {
    let request = "GET /problem HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                   X-Request-Id: given\r\n\r\n";
    let (text, _) = exchange(request).await;
    assert!(text.starts_with("HTTP/1.1 409 "), "{text}");
    assert!(text.contains("\"code\":\"taken\""), "{text}");
    assert!(text.ends_with("\"request_id\":\"given\"}"), "{text}");
}

#[tokio::test]
async fn a_request_for_another_host_is_421_with_a_problem() {
    let (text, _) =
        exchange("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 421 "), "{text}");
    assert!(
        text.contains("application/problem+json") && text.contains("wrong_host"),
        "{text}"
    );
}

#[tokio::test]
async fn head_has_the_length_of_the_body_that_get_sends() {
    let rest =
        "/problem HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\r\nConnection: close\r\n\r\n";
    let (get, _) = exchange(&format!("GET {rest}")).await;
    let (head, _) = exchange(&format!("HEAD {rest}")).await;
    let (_, body) = get.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("content-length: {}\r\n", body.len())),
        "{head}"
    );
    assert!(head.ends_with("\r\n\r\n"), "{head}");
}

#[tokio::test]
async fn a_panic_is_a_problem_with_all_headers_and_the_server_goes_on() {
    let rest = "Host: localhost\r\nOrigin: http://localhost:5173\r\n";
    let (text, metrics) = exchange(&format!(
        "GET /panic HTTP/1.1\r\n{rest}\r\nGET / HTTP/1.1\r\n{rest}Connection: close\r\n\r\n"
    ))
    .await;
    let (panicked, next) = text.split_once("HTTP/1.1 200 OK").expect(&text);
    assert!(panicked.starts_with("HTTP/1.1 500 "), "{text}");
    for expected in [
        "\"code\":\"internal_error\"",
        "\r\nx-request-id: ",
        "\r\naccess-control-allow-origin: http://localhost:5173\r\n",
        "\r\nx-content-type-options: nosniff\r\n",
    ] {
        assert!(panicked.contains(expected), "{expected}: {text}");
    }
    assert!(next.ends_with(" 127.0.0.1"), "{text}");
    let counted =
        "pawl_http_requests_total{operation=\"get_thing\",method=\"GET\",status=\"5xx\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn a_preflight_is_answered_before_the_service() {
    let (text, _) = exchange(
        "OPTIONS /panic HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Origin: http://localhost:5173\r\nAccess-Control-Request-Method: GET\r\n\r\n",
    )
    .await;
    assert!(text.starts_with("HTTP/1.1 204 "), "{text}");
    let granted = "\r\naccess-control-allow-methods: GET\r\n";
    assert!(text.contains(granted), "{text}");
}
