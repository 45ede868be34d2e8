//! Limits over HTTP: with Redis, with a Redis that stalls, and without Redis.

mod proxies;

use serde_json::json;
use shared::ephemeral::Redis;
use shared::testing::test_redis;
use uuid::Uuid;

use crate::config::LimitArgs;
use crate::testing::{Answer, TestApp, sign_up, unlimited};

fn few() -> LimitArgs {
    LimitArgs {
        limits: true,
        anonymous: 6,
        signed_in: 8,
        writes: 3,
        sign_ups: 2,
        ..unlimited()
    }
}

/// A server whose buckets in the shared Redis are separate from those of other tests.
async fn limited(limits: LimitArgs, redis: Redis) -> TestApp {
    let key_prefix = Uuid::new_v4().to_string();
    TestApp::start_with(|app| {
        app.limiter = app
            .refusals
            .limiter(&limits, redis.clone())
            .with_key_prefix(redis, &key_prefix);
    })
    .await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap_or_default())
}

#[tokio::test]
async fn a_network_of_nobody_in_particular_has_so_many_requests_and_is_told() {
    for redis in [test_redis(), Redis::none()] {
        let test = limited(few(), redis).await;
        let first = test.anon().get("/instance").await;
        assert_eq!(header(&first, "ratelimit-policy"), "\"anonymous\";q=6;w=60");
        assert_eq!(header(&first, "ratelimit"), "\"anonymous\";r=5;t=10");
        for _ in 1..6 {
            assert_eq!(test.anon().get("/feeds/public").await.status, 200);
        }
        let over = test.anon().get("/users/nobody").await;
        assert_eq!(over.refusal(), (429, "rate_limited".to_owned()));
        assert!((1..=10).contains(&header(&over, "retry-after").parse().unwrap()));
        assert!(header(&over, "ratelimit").starts_with("\"anonymous\";r=0;t="));
        let health = test.anon().fetch("/healthz").await;
        assert_eq!((health.status, header(&health, "ratelimit")), (200, ""));
        let media = test.anon().fetch("/media/default/avatar.png").await;
        assert_eq!((media.status, header(&media, "ratelimit")), (200, ""));
        let bad = test.holder(&json!("bad")).get("/me").await;
        assert_eq!(bad.status, 429, "a bad token is no way out");
    }
}

#[tokio::test]
async fn servers_with_one_redis_count_together() {
    let key_prefix = Uuid::new_v4().to_string();
    let server = || {
        TestApp::start_with(|app| {
            app.limiter = app
                .refusals
                .limiter(&few(), Redis::none())
                .with_key_prefix(test_redis(), &key_prefix);
        })
    };
    let (one, other) = (server().await, server().await);
    for _ in 0..3 {
        assert_eq!(one.anon().get("/instance").await.status, 200);
        assert_eq!(other.anon().get("/instance").await.status, 200);
    }
    assert_eq!(one.anon().get("/instance").await.status, 429);
    assert_eq!(other.anon().get("/instance").await.status, 429);
}

#[tokio::test]
async fn each_user_has_requests_of_their_own_and_fewer_that_write() {
    let test = limited(few(), test_redis()).await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    for left in (0..3).rev() {
        let answer = ada.post("/posts", &json!({"text": "x"})).await;
        assert_eq!(answer.status, 201);
        let told = header(&answer, "ratelimit");
        assert!(told.contains(&format!("\"writes\";r={left};")), "{told}");
    }
    assert_eq!(ada.post("/posts", &json!({"text": "x"})).await.status, 429);
    let written = ada.get("/users/ada/posts").await.json()["items"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(written, 3);
    assert_eq!(ada.get("/me").await.status, 200, "reading goes on");
    assert_eq!(bob.post("/posts", &json!({"text": "x"})).await.status, 201);
}

#[tokio::test]
async fn a_network_may_sign_up_so_often_an_hour() {
    let test = limited(few(), test_redis()).await;
    for name in ["ada", "bob"] {
        assert_eq!(test.anon().post("/users", &sign_up(name)).await.status, 201);
    }
    let third = test.anon().post("/users", &sign_up("eve")).await;
    assert_eq!(third.refusal(), (429, "rate_limited".to_owned()));
    let wait: u32 = header(&third, "retry-after").parse().unwrap();
    assert!((1700..=1800).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_redis_that_stalls_costs_no_answer_and_limits_go_on_in_memory() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let redis = Redis::open(Some(&url.parse().unwrap())).unwrap();
    let test = TestApp::start_with(|app| app.limiter = app.refusals.limiter(&few(), redis)).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(test.anon().get("/instance").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429]);
}

#[tokio::test]
async fn switched_off_nothing_is_counted_or_told() {
    let test = limited(
        LimitArgs {
            limits: false,
            ..few()
        },
        test_redis(),
    )
    .await;
    for _ in 0..12 {
        let answer = test.anon().get("/instance").await;
        assert_eq!((answer.status, header(&answer, "ratelimit")), (200, ""));
    }
}
