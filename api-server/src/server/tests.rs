//! Checks that apply to every request.

mod bodies;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::testing::{Answer, TestApp, send};

async fn ask(test: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let add = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| {
        request.header(*name, *value)
    };
    send(headers.iter().fold(test.anon().request(method, path), add)).await
}

/// POSTs raw bytes to the sign-in.
async fn post(test: &TestApp, kind: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
    let request = test.anon().request(Method::POST, "/api/v1/sessions");
    send(request.header("content-type", kind).body(body))
        .await
        .refusal()
}

#[tokio::test]
async fn an_unknown_address_is_404_and_a_wrong_method_405_with_what_is_right() {
    let test = TestApp::start().await;
    for path in [
        "/api/v1/nothing",
        "/api/v1/posts/1/nothing",
        "/api/v2/posts",
        "/api/v1",
    ] {
        let answer = ask(&test, Method::GET, path, &[]).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{path}");
    }
    for (method, path, allow) in [
        (Method::PUT, "/api/v1/posts/1", "GET, PATCH, DELETE, HEAD"),
        (Method::DELETE, "/api/v1/posts", "POST"),
        (Method::GET, "/api/v1/sessions/current", "DELETE"),
        (Method::PATCH, "/media/p/x/y/z", "GET, HEAD"),
        (Method::POST, "/.well-known/jwks.json", "GET, HEAD"),
        (Method::POST, "/somewhere", "GET, HEAD"),
    ] {
        let answer = ask(&test, method, path, &[]).await;
        assert_eq!(
            answer.refusal(),
            (405, "method_not_allowed".to_owned()),
            "{path}"
        );
        assert_eq!(answer.headers["allow"], allow, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_says_why() {
    let test = TestApp::start().await;
    let json_type = "application/json";
    let good = json!({"login": "a", "password": "b"}).to_string();
    assert_eq!(
        post(&test, json_type, good.clone()).await.1,
        "invalid_credentials"
    );
    for body in ["", "{", "nul", "{} {}"] {
        assert_eq!(
            post(&test, json_type, body).await,
            (400, "malformed_json".to_owned()),
            "{body}"
        );
    }
    assert_eq!(post(&test, json_type, b"\"\xff\"".to_vec()).await.0, 400);
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let refusal = post(&test, kind, good.clone()).await;
        assert_eq!(
            refusal,
            (415, "unsupported_media_type".to_owned()),
            "{kind}"
        );
    }
    for body in ["[]", "{}", "7", "{\"login\": 1, \"password\": \"\"}"] {
        assert_eq!(post(&test, json_type, body).await.0, 422, "{body}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_the_client_gets_to_read_it() {
    let test = TestApp::start().await;
    let fits = format!(
        "{{\"login\":\"a\",\"password\":\"{}\"}}",
        "x".repeat((1 << 20) - 40)
    );
    // The body was read; its password is invalid.
    assert_eq!(post(&test, "application/json", fits).await.0, 422);
    for size in [(1 << 20) + 1, 8 << 20] {
        let refusal = post(&test, "application/json", " ".repeat(size)).await;
        assert_eq!(refusal, (413, "body_too_large".to_owned()), "{size}");
    }
}

#[tokio::test]
async fn only_our_hosts_are_served_and_health_for_any() {
    let test = TestApp::start().await;
    let evil = [("host", "evil.example")];
    for path in ["/api/v1/instance", "/", "/media/default/avatar.png"] {
        let answer = ask(&test, Method::GET, path, &evil).await;
        assert_eq!(answer.refusal(), (421, "wrong_host".to_owned()), "{path}");
    }
    assert_eq!(ask(&test, Method::GET, "/healthz", &evil).await.status, 200);
    assert_eq!(ask(&test, Method::GET, "/readyz", &evil).await.status, 200);
}

#[tokio::test]
async fn pages_of_allowed_origins_may_read_answers_and_their_headers() {
    let test = TestApp::start().await;
    let origin = |headers: &HeaderMap| {
        headers
            .get("access-control-allow-origin")
            .map(|value| value.to_str().unwrap().to_owned())
    };
    for (from, allowed) in [
        ("https://web.example", true),
        ("http://localhost:5173", true),
        ("https://evil.example", false),
    ] {
        let answer = ask(&test, Method::GET, "/api/v1/nothing", &[("origin", from)]).await;
        assert_eq!(origin(&answer.headers), allowed.then(|| from.to_owned()));
        let asked = [("origin", from), ("access-control-request-method", "POST")];
        let preflight = ask(&test, Method::OPTIONS, "/api/v1/posts", &asked).await;
        assert_eq!(preflight.status, 204);
        assert_eq!(origin(&preflight.headers), allowed.then(|| from.to_owned()));
        if allowed {
            let exposed = answer.headers["access-control-expose-headers"]
                .to_str()
                .unwrap();
            for name in ["Location", "Link", "ETag", "WWW-Authenticate", "RateLimit"] {
                assert!(exposed.split(", ").any(|one| one == name), "{name}");
            }
            let may = |list: &str, name: &str| {
                let list = preflight.headers[list].to_str().unwrap();
                assert!(list.split(", ").any(|one| one == name), "{name}: {list}");
            };
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                may("access-control-allow-methods", method);
            }
            for name in [
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-None-Match",
            ] {
                may("access-control-allow-headers", name);
            }
        }
    }
}

#[tokio::test]
async fn every_answer_is_guarded_against_what_browsers_make_of_it() {
    let test = TestApp::start().await;
    test.build_web_client();
    for path in [
        "/",
        "/none.txt",
        "/api/v1/instance",
        "/api/v1/none",
        "/healthz",
        "/api/v1/me",
    ] {
        let answer = ask(&test, Method::GET, path, &[]).await;
        assert_eq!(
            answer.headers["x-content-type-options"], "nosniff",
            "{path}"
        );
        assert_eq!(answer.headers["x-frame-options"], "DENY", "{path}");
        assert!(answer.headers.contains_key("referrer-policy"), "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
    let media = ask(&test, Method::GET, "/media/default/avatar.png", &[]).await;
    assert_eq!(
        media.headers["content-security-policy"],
        "sandbox; default-src 'none'"
    );
}

#[tokio::test]
async fn numbers_are_kept_by_operation_and_never_by_address() {
    let test = TestApp::start().await;
    for path in [
        "/api/v1/instance",
        "/api/v1/posts/7",
        "/api/v1/none",
        "/media/p/x/y/z",
        "/healthz",
    ] {
        ask(&test, Method::GET, path, &[]).await;
    }
    let told = test.metrics.encode().unwrap();
    for (operation, status) in [
        ("get_instance", "2xx"),
        ("get_post", "4xx"),
        ("none", "4xx"),
        ("get_media_file", "4xx"),
        ("get_health", "2xx"),
    ] {
        let counted = format!("{{operation=\"{operation}\",method=\"GET\",status=\"{status}\"}} 1");
        assert!(told.contains(&counted), "{counted}: {told}");
    }
    assert!(!told.contains("posts/7"), "{told}");
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let test = TestApp::start().await;
    for path in [
        "/api/v1/instance",
        "/media/default/cover.png",
        "/.well-known/jwks.json",
    ] {
        let get = ask(&test, Method::GET, path, &[]).await;
        let head = ask(&test, Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(
            head.headers["content-length"], get.headers["content-length"],
            "{path}"
        );
    }
    let missing = ask(&test, Method::HEAD, "/api/v1/nothing", &[]).await;
    assert_eq!((missing.status, missing.text.as_str()), (404, ""));
}

#[tokio::test]
async fn the_published_keys_are_the_ones_that_sign() {
    let test = TestApp::start().await;
    let set = ask(&test, Method::GET, "/.well-known/jwks.json", &[]).await;
    assert_eq!(set.headers["cache-control"], "public, max-age=60");
    let key = set.json()["keys"][0].clone();
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    let token = test.person("ada").await.token.unwrap();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(key["kid"], json!(header.kid.unwrap()));
    test.run("update signing_keys set state = 'revoked'").await;
    let set = ask(&test, Method::GET, "/.well-known/jwks.json", &[]).await;
    assert_eq!(set.json(), json!({"keys": []}));
}

#[tokio::test]
async fn pages_of_the_web_client_carry_their_policy() {
    let test = TestApp::start().await;
    let unbuilt = ask(&test, Method::GET, "/", &[]).await;
    assert_eq!(unbuilt.status, 404);
    assert!(unbuilt.text.contains("not built"), "{unbuilt:?}");
    test.build_web_client();
    for (path, status) in [("/", 200), ("/users/ada", 404)] {
        let page = ask(&test, Method::GET, path, &[]).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.text.starts_with("<!doctype html>"), "{path}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        for rule in [
            "connect-src 'self' http://127.0.0.1:1080;",
            "media-src 'self' blob:;",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_a_page_that_explains_its_code() {
    let test = TestApp::start().await;
    let problem = ask(&test, Method::GET, "/api/v1/me", &[]).await.json();
    let kind = problem["type"].as_str().unwrap();
    let (path, code) = kind.split_once('#').unwrap();
    let page = ask(&test, Method::GET, path, &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(page.text.contains(&format!("<tr id=\"{code}\"")), "{code}");
    let tag = page.headers["etag"].to_str().unwrap();
    let again = ask(&test, Method::GET, path, &[("if-none-match", tag)]).await;
    assert_eq!(again.status, 304);
    let wrong = ask(&test, Method::POST, "/openapi.json", &[]).await;
    assert_eq!(wrong.refusal().0, 405);
}

#[tokio::test]
async fn what_is_no_page_of_the_web_client_is_not_found() {
    let test = TestApp::start().await;
    test.build_web_client();
    for path in ["/favicon.ico", "/robots.txt", "/assets/none.js", "/a/b.map"] {
        let answer = ask(&test, Method::GET, path, &[]).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{path}");
    }
    for path in [
        "/api",
        "/docs",
        "/docs/nothing",
        "/metrics",
        "/.well-known/x",
    ] {
        let answer = ask(&test, Method::GET, path, &[]).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{path}");
    }
    test.person("ada.lovelace").await;
    for (path, status) in [
        ("/sign-in", 200),
        ("/u/ada.lovelace", 200),
        ("/u/ada.lovelace/followers", 200),
        ("/u/nobody", 404),
        ("/u/nobody/following", 404),
        ("/p/7", 404),
        ("/p/7/likes", 404),
        ("/nothing/here", 404),
    ] {
        let page = ask(&test, Method::GET, path, &[]).await;
        assert_eq!(page.status, status, "{path}");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    }
}

#[tokio::test]
async fn without_postgres_the_answer_is_503() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    test.database.pool.close().await;
    for answer in [ada.get("/me").await, test.anon().get("/feeds/public").await] {
        assert_eq!(answer.refusal(), (503, "unavailable".to_owned()));
        assert_eq!(answer.headers["retry-after"], "5");
        assert_eq!(answer.json()["errors"], Value::Null);
    }
}

#[tokio::test]
async fn every_401_says_how_to_make_oneself_known() {
    let test = TestApp::start().await;
    let anon = test.anon();
    let wrong = json!({"login": "nobody", "password": "correct horse"});
    for answer in [
        anon.get("/me").await,
        anon.post("/sessions", &wrong).await,
        anon.post("/sessions/refresh", &json!({"refresh_token": "x"}))
            .await,
    ] {
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Bearer"), "{challenge}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_415() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for (coding, status) in [("gzip", 415), ("identity", 201)] {
        let request = ada.request(Method::POST, "/api/v1/posts");
        let request = request.header("content-encoding", coding);
        let answer = send(request.json(&json!({"text": "x"}))).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let form = ada.request(Method::PUT, "/api/v1/me/avatar");
    let form = form.header("content-type", "multipart/form-data; boundary=x");
    let answer = send(form.header("content-encoding", "gzip").body("--x--")).await;
    assert_eq!(answer.refusal(), (415, "unsupported_media_type".to_owned()));
}

#[tokio::test]
async fn a_body_whose_chunks_are_none_is_400_at_once() {
    let test = TestApp::start().await;
    let address = test.url.strip_prefix("http://").unwrap();
    let request = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
        Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("\"code\":\"body_incomplete\""), "{answer}");
}
