//! Requests of most kinds on a million posts, with a purge and the hourly sweeps: neither their
//! plans nor the checks of foreign keys read a growing table as a whole.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use std::time::Duration;

use reqwest::Method as M;
use serde_json::{Value, json};
use shared::ids::{MediaId, PostId};
use shared::testing::{CONSTANT, Statements, insert_media};
use sqlx::{Connection as _, PgConnection};
use tokio::time::{sleep, timeout};

use super::assert_indexed;
use crate::purge::actions::purge;
use crate::testing::{Client, PASSWORD, TestApp, send, sign_up};
use crate::worker::prune::prune_all;

/// A method, a path and a body, or null.
type Step = (M, String, Value);

const READS: [&str; 20] = [
    "/feeds/home",
    "/feeds/public",
    "/search?q=often",
    "/search?q=seldom",
    "/search/users?q=bab",
    "/search/users?q=ba",
    "/search/users?q=celebrity",
    "/users/celebrity",
    "/users/celebrity/posts",
    "/users/celebrity/followers",
    "/users/celebrity/following",
    "/posts/999999",
    "/posts/999999/likes",
    "/posts/999999/comments",
    "/me",
    "/me/likes",
    "/sessions",
    "/blocks",
    "/mutes",
    "/follow-requests",
];

/// What users do to a post, its comments and each other, and undo.
fn changes(post: &str, comment: &str) -> Vec<Step> {
    let reply = json!({"text": "a reply", "parent_id": comment});
    let on_and_off = [
        format!("/posts/{post}/like"),
        format!("/comments/{comment}/like"),
        "/users/celebrity/follow".to_owned(),
        "/users/celebrity/mute".to_owned(),
        "/users/celebrity/block".to_owned(),
    ];
    let switches = on_and_off
        .into_iter()
        .flat_map(|path| [(M::PUT, path.clone()), (M::DELETE, path)])
        .map(|(method, path)| (method, path, Value::Null));
    let rest = [
        (M::POST, format!("/posts/{post}/comments"), reply),
        (
            M::PATCH,
            format!("/comments/{comment}"),
            json!({"text": "new"}),
        ),
        (M::PATCH, format!("/posts/{post}"), json!({"text": "new"})),
        (M::PATCH, "/me".to_owned(), json!({"bio": "new"})),
        (M::POST, "/users".to_owned(), sign_up("newest")),
        (
            M::POST,
            "/sessions".to_owned(),
            json!({"login": "newest", "password": PASSWORD}),
        ),
        (M::DELETE, format!("/comments/{comment}"), Value::Null),
        (M::DELETE, format!("/posts/{post}"), Value::Null),
        (M::DELETE, "/sessions".to_owned(), Value::Null),
    ];
    switches.chain(rest).collect()
}

async fn perform(client: &Client, (method, path, body): Step) -> Value {
    let request = client.request(method, &format!("/api/v1{path}"));
    let answer = send(if body.is_null() {
        request
    } else {
        request.json(&body)
    })
    .await;
    assert!(answer.status < 300, "{path}: {answer:?}");
    serde_json::from_str(&answer.text).unwrap_or_default()
}

/// The growing tables that were read as a whole by connections that have ended.
async fn tables_read(test: &TestApp) -> Vec<(String, i64)> {
    test.app.pool.close().await;
    let mut connection = PgConnection::connect(&test.database.url).await.unwrap();
    let others = "select exists (
        select
        from pg_stat_activity
        where datname = current_database()
            and pid <> pg_backend_pid()
            and backend_type = 'client backend'
    )";
    let have_ended = async {
        while sqlx::query_scalar(others)
            .fetch_one(&mut connection)
            .await
            .unwrap()
        {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_mins(1), have_ended).await.unwrap();
    let mut tables: Vec<(String, i64)> = sqlx::query_as(
        "select relname::text, seq_scan from pg_stat_user_tables where seq_scan > 0",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let has_counted = tables.iter().any(|(table, _)| table == "signing_keys");
    assert!(has_counted, "the statistics have not arrived: {tables:?}");
    tables.retain(|(table, _)| !CONSTANT.contains(&table.as_str()));
    tables
}

#[tokio::test]
async fn no_request_and_no_sweep_reads_a_growing_table_as_a_whole() {
    let test = TestApp::seeded_alone().await;
    let watched = Statements::watch();
    let (ada, eve) = (test.person("ada").await, test.person("eve").await);
    let post = ada.write_post(json!({"text": "words"})).await;
    let comment = (
        M::POST,
        format!("/posts/{post}/comments"),
        json!({"text": "a comment"}),
    );
    let comment = perform(&ada, comment).await;
    let comment = comment["id"].as_str().unwrap();
    let (media, of) = (MediaId::generate(), PostId(post.parse().unwrap()));
    insert_media(&test.database.pool, ada.user_id, media, Some(of)).await;
    for path in READS {
        perform(&eve, (M::GET, path.to_owned(), Value::Null)).await;
        assert_indexed(&watched.take(), path);
    }
    for step in changes(&post, comment) {
        let told = format!("{} {}", step.0, step.1);
        perform(&ada, step).await;
        assert_indexed(&watched.take(), &told);
    }
    for payload in [json!({"post_id": post}), json!({"media_id": media})] {
        purge(&test.app, &payload).await.unwrap();
    }
    prune_all(&test.app).await;
    assert_indexed(&watched.take(), "background work");
    assert_eq!(tables_read(&test).await, []);
}
