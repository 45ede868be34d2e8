//! F7: Postgres crashes and restarts, is disconnected, or stalls. No client gets a 500, nothing
//! acknowledged is lost or duplicated, and everything works again soon after.

mod load;

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};
use shared::db::Pool;
use shared::testing::TestDatabase;
use system_tests::{
    harness::{
        Client, Cluster, DEADLINE, Program, Seed, Stack, Upload, decode, eventually, loops,
        video_file,
    },
    proxy::Proxy,
};

use self::load::{Ledger, Load};

/// All is well this soon after Postgres is back, on a busy machine too.
const SOON: Duration = Duration::from_mins(1);

#[tokio::test]
async fn postgres_crashes_under_load_and_what_was_acknowledged_is_there_once() {
    let mut seed = Seed::of_this_run();
    let mut cluster = Cluster::start().await;
    let database = TestDatabase::create_on(&cluster.url()).await;
    let stack = Stack::start_on(database, &[]).await;
    let (_, video) = video_file();
    let grace = Client::sign_up(&stack).await;
    let load = Load::start(&stack, &video).await;
    for _ in 0..loops() {
        let in_transcode = grace.upload(&video).await;
        load.go_on(1 + seed.within(0..3)).await;
        cluster.crash().await;
        load.refused(4).await;
        cluster.start_again().await;
        let back = Instant::now();
        load.go_on(2).await;
        let last = load.ledger().refusals.last().copied();
        let took = last.map_or(Duration::ZERO, |last| last.saturating_duration_since(back));
        println!("the last refusal came {took:?} after Postgres was back");
        assert!(took < SOON, "{took:?}");
        assert_listens_again(&stack.database.pool).await;
        decode(&grace.playlist(&in_transcode).await).await;
    }
    let (ledger, upload) = load.finish(&video).await;
    assert_all_is_there(&stack, &ledger).await;
    assert_uploaded(&stack, &upload, 1 + loops()).await;
}

#[tokio::test]
async fn connections_cut_under_load_cost_a_retry_at_most() {
    let (stack, proxy) = behind_a_proxy(&[]).await;
    let (_, video) = video_file();
    let load = Load::start(&stack, &video).await;
    for _ in 0..loops() {
        load.go_on(1).await;
        let before = load.ledger().refusals.len();
        let connected = backends(&stack).await;
        let cut = Instant::now();
        proxy.cut();
        load.go_on(1).await;
        let refusals = load.ledger().refusals[before..].to_vec();
        let took = refusals.last().map_or(Duration::ZERO, |last| *last - cut);
        println!(
            "{} refusals, the last {took:?} after the cut",
            refusals.len()
        );
        assert!(took < SOON, "{took:?}");
        assert!(!connected.is_empty(), "nothing was cut");
        eventually("other connections alone", SOON, async || {
            backends(&stack).await.is_disjoint(&connected).then_some(())
        })
        .await;
        assert_listens_again(&stack.database.pool).await;
    }
    let (ledger, upload) = load.finish(&video).await;
    assert_all_is_there(&stack, &ledger).await;
    assert_uploaded(&stack, &upload, 1).await;
}

#[tokio::test]
async fn a_postgres_that_never_answers_is_503_in_time_and_health_says_so() {
    let limit = ("PAWL_REQUEST_TIMEOUT", "4s");
    let (stack, proxy) = behind_a_proxy(&[(Program::Api, limit.0, limit.1)]).await;
    let ada = Client::sign_up(&stack).await;
    let upload = ada.create_upload(1_000).await;
    let (looked_at, unwanted) = (ada.create_upload(9).await, ada.create_upload(9).await);
    let (_, video) = video_file();
    let in_transcode = ada.upload(&video).await;
    proxy.set_stalled(true);
    let api = |method, path: &str| ada.api(method, path);
    let asked = [
        api(Method::GET, "/api/v1/me"),
        api(Method::GET, "/api/v1/feeds/public"),
        api(Method::POST, "/api/v1/posts").json(&serde_json::json!({
            "text": "never", "visibility": "public", "media": []
        })),
        api(Method::POST, "/api/v1/sessions").json(&serde_json::json!({
            "login": ada.username, "password": "whatever it is"
        })),
        ada.patch(&upload, 0, vec![b'x'; 500]),
        ada.tus(Method::POST, "/files/").header("Upload-Length", 10),
        ada.tus(Method::HEAD, &looked_at.path),
        ada.tus(Method::DELETE, &unwanted.path),
    ];
    let began = Instant::now();
    let asking =
        futures_util::future::join_all(asked.map(|request| request.timeout(DEADLINE / 3).send()));
    let healthy = [Program::Api, Program::Upload].map(|program| assert_unready(&stack, program));
    let (answers, _) = tokio::join!(asking, futures_util::future::join_all(healthy));
    for answer in answers {
        let answer = answer.expect("an answer in time");
        let path = answer.url().path().to_owned();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.headers().contains_key("retry-after"), "{path}");
    }
    println!("all were answered after {:?}", began.elapsed());

    proxy.set_stalled(false);
    let back = Instant::now();
    eventually("all to go on", SOON, async || {
        let me = ada.api(Method::GET, "/api/v1/me").send().await.unwrap();
        let offset = ada.offset(&upload).await;
        (me.status() == StatusCode::OK && offset.is_some()).then_some(())
    })
    .await;
    println!("and all went on {:?} after the stall", back.elapsed());
    // A request that failed during the stall was not executed later.
    let posts: i64 = scalar(&stack.database.pool, "select count(*) from posts").await;
    assert_eq!(posts, 0);
    // Jobs work again too: those from before and new ones.
    assert_listens_again(&stack.database.pool).await;
    let comes_now = ada.upload(&video).await;
    for upload in [in_transcode, comes_now] {
        decode(&ada.playlist(&upload).await).await;
    }
}

/// A stack that reaches the tests' Postgres only through a proxy.
async fn behind_a_proxy(settings: &[(Program, &str, &str)]) -> (Stack, Proxy) {
    let database = TestDatabase::create().await;
    let (_, after) = database.url.split_once('@').expect("a user is named");
    let (server, _) = after.split_once('/').expect("a database is named");
    let proxy = Proxy::start(server.parse().expect("host:port")).unwrap();
    let url = database.url.replace(server, &proxy.address().to_string());
    let ways = Program::ALL.map(|program| (program, "DATABASE_URL", url.as_str()));
    let settings = [&ways, settings].concat();
    (Stack::start_on(database, &settings).await, proxy)
}

/// Alive without a look at Postgres, which would take two seconds, and not ready.
async fn assert_unready(stack: &Stack, program: Program) {
    let url = stack.url(program.ops_setting());
    eventually("healthz to answer at once", DEADLINE, async || {
        let began = Instant::now();
        let answer = reqwest::get(format!("{url}/healthz")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{}", program.name());
        (began.elapsed() < Duration::from_secs(1)).then_some(())
    })
    .await;
    eventually("readyz to say so", DEADLINE, async || {
        let answer = reqwest::get(format!("{url}/readyz")).await.unwrap();
        (answer.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
}

/// The programs' connections.
async fn backends(stack: &Stack) -> HashSet<i32> {
    let pids: Vec<i32> = sqlx::query_scalar(
        "select pid from pg_stat_activity
        where datname = current_database() and application_name <> 'pawl-test'",
    )
    .fetch_all(&stack.database.pool)
    .await
    .unwrap();
    pids.into_iter().collect()
}

async fn assert_listens_again(pool: &Pool) {
    eventually("the transcoder to listen", SOON, async || {
        let listeners: Result<i64, _> = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
            where datname = current_database() and query ilike 'listen %pawl_jobs%'",
        )
        .fetch_one(pool)
        .await;
        listeners.is_ok_and(|count| count == 1).then_some(())
    })
    .await;
}

/// All answers are expected or refusals, everything acknowledged exists exactly once, and the
/// counters are correct.
async fn assert_all_is_there(stack: &Stack, ledger: &Ledger) {
    assert_eq!(ledger.faults, [""; 0]);
    println!(
        "{} posts, {} comments, {} refusals",
        ledger.posts.len(),
        ledger.comments.len(),
        ledger.refusals.len()
    );
    let pool = &stack.database.pool;
    assert_eq!(
        sorted(&ledger.posts),
        rows(pool, "select id, text from posts").await
    );
    assert_eq!(
        sorted(&ledger.comments),
        rows(pool, "select id, text from comments").await
    );
    let likes: Vec<i64> = sqlx::query_scalar("select post_id from post_likes order by 1")
        .fetch_all(pool)
        .await
        .unwrap();
    let mut acknowledged = ledger.likes.clone();
    acknowledged.sort_unstable();
    assert_eq!(acknowledged, likes);
    assert_eq!(scalar(pool, "select count(*) from follows").await, 4);
    stack.operate("check counters").await;
}

/// The bytes are complete, and exactly one of so many jobs published them.
async fn assert_uploaded(stack: &Stack, upload: &Upload, of_jobs: usize) {
    let id: uuid::Uuid = upload.id.parse().unwrap();
    eventually("the media to be ready", DEADLINE, async || {
        let state: String = sqlx::query_scalar("select state::text from media where id = $1")
            .bind(id)
            .fetch_one(&stack.database.pool)
            .await
            .unwrap();
        (state == "ready").then_some(())
    })
    .await;
    let source = std::fs::read(stack.store().join("sources").join(&upload.id)).unwrap();
    assert_eq!(source, video_file().1);
    let jobs: i64 = scalar(
        &stack.database.pool,
        "select count(*) from jobs where media_id is not null",
    )
    .await;
    assert_eq!(usize::try_from(jobs).unwrap(), of_jobs);
}

fn sorted(acknowledged: &[(i64, String)]) -> Vec<(i64, String)> {
    let mut sorted = acknowledged.to_vec();
    sorted.sort();
    sorted
}

async fn rows(pool: &Pool, sql: &'static str) -> Vec<(i64, String)> {
    let mut rows: Vec<(i64, String)> = sqlx::query_as(sql).fetch_all(pool).await.unwrap();
    rows.sort();
    rows
}

async fn scalar(pool: &Pool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}
