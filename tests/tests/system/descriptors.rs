//! Processes that have no file descriptors left.

use std::env;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::{Method, Response, StatusCode, header::HeaderMap};
use system_tests::{
    harness::{Client, DEADLINE, Program, Stack, eventually},
    proxy::Proxy,
};

use super::purges::PICTURE;

const SERVERS: [Program; 2] = [Program::Api, Program::Upload];

/// Proves that a shortage of descriptors is 503 with `Retry-After`, in both servers, that new
/// connections wait, that no upload is given up, and that all is well when the shortage has passed.
#[tokio::test]
async fn without_descriptors_requests_are_503_and_new_connections_wait() {
    let mut stack = Stack::start().await;
    let client = Client::sign_up(&stack).await;
    let upload = client.upload(&Bytes::from_static(b"not a video")).await;
    let source = eventually("the source", DEADLINE, async || {
        let media = client.media(&upload).await;
        Some(media["playback"]["source_url"].as_str()?.to_owned())
    })
    .await;
    let unfinished = client.create_upload(8).await;
    client
        .append(&unfinished, 0, Bytes::from_static(b"pawl"))
        .await;
    // Its successor must open the file.
    stack.terminate(Program::Upload, DEADLINE).await;
    stack.restart(Program::Upload).await;

    let fetch = async || whole(client.api(Method::GET, &source).send().await.unwrap()).await;
    let create = async || whole(client.try_create(1, &[]).await).await;
    let append = async || {
        let patch = client.patch(&unfinished, 4, Bytes::from_static(b"pawl"));
        whole(patch.send().await.unwrap()).await
    };
    let depict = async || put_avatar(&client).await;
    assert_eq!(fetch().await.status, StatusCode::OK);
    assert_eq!(create().await.status, StatusCode::CREATED);

    let before = starve(&stack);
    for refused in [
        fetch().await,
        depict().await,
        create().await,
        append().await,
    ] {
        assert_is_shortage(&refused);
    }
    let other = Client::anonymous(&stack);
    let waiting = tokio::spawn(async move { other.get("/api/v1/instance").await });
    assert_is_shortage(&fetch().await);

    feed(&stack, before);
    assert_eq!(fetch().await.status, StatusCode::OK);
    assert_eq!(depict().await.status, StatusCode::NO_CONTENT);
    assert_eq!(create().await.status, StatusCode::CREATED);
    assert_eq!(append().await.status, StatusCode::NO_CONTENT);
    assert_eq!(waiting.await.unwrap()["name"], "Pawl");
}

/// Proves the same of connections to Postgres, and that Redis is not needed.
#[tokio::test]
async fn without_descriptors_for_new_connections_postgres_is_503_and_redis_is_not_missed() {
    let redis = env::var("PAWL_TEST_REDIS_URL").unwrap();
    let server = redis.trim_end_matches('/').rsplit(['@', '/']).next();
    let server = server.unwrap();
    let proxy = Proxy::start(server.parse().expect("host:port")).unwrap();
    let redis = redis.replace(server, &proxy.address().to_string());
    let settings = SERVERS.map(|program| (program, "REDIS_URL", redis.as_str()));
    let stack = Stack::start_with(&settings).await;
    let client = Client::sign_up(&stack).await;
    let me = async || {
        let me = client.api(Method::GET, "/api/v1/me");
        whole(me.send().await.unwrap()).await
    };
    let create = async || whole(client.try_create(1, &[]).await).await;
    assert_eq!(create().await.status, StatusCode::CREATED);
    // Periodic work may hold one of the open connections.
    futures_util::future::join_all([me(), me(), me(), me()]).await;

    let before = starve(&stack);
    proxy.cut();
    assert_eq!(me().await.status, StatusCode::OK);
    let disconnect = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and application_name <> 'pawl-test'";
    let disconnected = sqlx::query_scalar::<_, i64>(disconnect);
    let disconnected = disconnected.fetch_one(&stack.database.pool).await;
    assert!(disconnected.unwrap() > 0);
    // Each meets a broken connection or needs a new one.
    for refused in [me().await, create().await, me().await, create().await] {
        assert_is_shortage(&refused);
    }

    feed(&stack, before);
    // Some broken connections may be left.
    eventually("both servers to answer", DEADLINE, async || {
        let statuses = (me().await.status, create().await.status);
        (statuses == (StatusCode::OK, StatusCode::CREATED)).then_some(())
    })
    .await;
    for program in SERVERS {
        let url = format!("{}/readyz", stack.url(program.ops_setting()));
        eventually("Postgres and Redis to be back", DEADLINE, async || {
            let report = reqwest::get(&url).await.unwrap();
            let report: serde_json::Value = report.json().await.unwrap();
            (report["status"] == "ok").then_some(())
        })
        .await;
    }
}

/// Takes both servers' descriptors away, except for open ones: the clients keep their connections.
/// Returns the limits before.
fn starve(stack: &Stack) -> [Option<u64>; 2] {
    SERVERS.map(|program| stack.process(program).limit_open_files(Some(3)))
}

fn feed(stack: &Stack, limits: [Option<u64>; 2]) {
    for (program, files) in SERVERS.into_iter().zip(limits) {
        stack.process(program).limit_open_files(files);
    }
}

async fn put_avatar(client: &Client) -> Answer {
    let mut form = b"--between\r\nContent-Disposition: form-data; name=\"picture\"; \
        filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n"
        .to_vec();
    form.extend(STANDARD.decode(PICTURE).unwrap());
    form.extend(b"\r\n--between--\r\n");
    let request = client.api(Method::PUT, "/api/v1/me/avatar");
    let kind = "multipart/form-data; boundary=between";
    let request = request.header("content-type", kind).body(form);
    whole(request.send().await.unwrap()).await
}

/// The head of an answer whose body was read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
}

/// Reads the body. Otherwise the client would close the connection, and could not open another.
async fn whole(answer: Response) -> Answer {
    let (status, headers) = (answer.status(), answer.headers().clone());
    answer.bytes().await.unwrap();
    Answer { status, headers }
}

fn assert_is_shortage(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.contains_key("retry-after"));
}
