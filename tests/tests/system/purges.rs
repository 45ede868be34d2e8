//! api-server is killed at each step of a purge. In the end no rows or files of the deleted post
//! are left, and everything else is unchanged.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use system_tests::harness::{Client, DEADLINE, Program, Stack, eventually};

/// In the order of the purge: first the post, then the files of its media.
const POINTS: [&str; 4] = [
    "purge.comment_likes",
    "purge.comments",
    "purge.media",
    "purge.files",
];

/// All tables with data of a post.
const TABLES: [&str; 9] = [
    "posts",
    "post_media",
    "post_likes",
    "comments",
    "comment_likes",
    "media",
    "renditions",
    "uploads",
    "profiles",
];

/// One red pixel.
pub const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmM\
    IQAAAABJRU5ErkJggg==";

#[tokio::test]
async fn a_purge_killed_at_any_step_leaves_nothing_behind_and_everything_else_alone() {
    let at_once = [(Program::Api, "PAWL_PURGE_AFTER", "0")];
    let mut stack = Stack::start_with(&at_once).await;
    let people = [Client::sign_up(&stack).await, Client::sign_up(&stack).await];
    write_post(&people).await;
    let before = what_is_there(&stack).await;
    for point in POINTS {
        stack.terminate(Program::Api, DEADLINE).await;
        let armed = format!("{point}:kill");
        stack
            .restart_with(Program::Api, &[("PAWL_FAIL_POINT", &armed)])
            .await;
        let path = write_post(&people).await;
        let deleted = people[0].api(Method::DELETE, &path).send().await;
        // The purge may be so fast that the answer is lost with the process.
        if let Ok(answer) = deleted {
            assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{point}");
        }
        let status = stack.process(Program::Api).wait(DEADLINE).await;
        assert_eq!(status.code(), None, "{point}: it was killed");
        assert_ne!(what_is_there(&stack).await, before, "{point}: cut short");

        stack.restart(Program::Api).await;
        eventually("the purge to be over", DEADLINE, async || {
            let open = "select count(*) from jobs where state in ('queued', 'running')";
            let open: i64 = sqlx::query_scalar(open)
                .fetch_one(&stack.database.pool)
                .await
                .ok()?;
            (open == 0).then_some(())
        })
        .await;
        assert_eq!(what_is_there(&stack).await, before, "{point}");
        assert_eq!(failed_jobs(&stack).await, 0, "{point}");
    }
}

/// A post with a picture, comments and likes; returns its path.
async fn write_post([author, reader]: &[Client; 2]) -> String {
    let picture = STANDARD.decode(PICTURE).unwrap();
    let metadata = [("filename", "dot.png"), ("filetype", "image/png")];
    let upload = author.create_upload_of(picture.len(), &metadata).await;
    author.append(&upload, 0, picture.into()).await;
    let media = author.settled(&upload, DEADLINE).await;
    assert_eq!(media["state"], "ready", "{media}");
    let post = json!({
        "text": "A dot",
        "visibility": "public",
        "media": [{ "upload_id": upload.id, "alt": "" }],
    });
    let post = author
        .post("/api/v1/posts", &post, StatusCode::CREATED)
        .await;
    let path = format!("/api/v1/posts/{}", id_of(&post));
    put(reader, &format!("{path}/like")).await;
    let mut parent = Value::Null;
    for client in [reader, author, reader] {
        let comment = json!({ "text": "Nice", "parent_id": parent });
        let comments = format!("{path}/comments");
        let comment = client.post(&comments, &comment, StatusCode::CREATED).await;
        for liker in [author, reader] {
            put(liker, &format!("/api/v1/comments/{}/like", id_of(&comment))).await;
        }
        parent = comment["id"].clone();
    }
    path
}

fn id_of(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

async fn put(client: &Client, path: &str) {
    let answer = client.api(Method::PUT, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{path}");
}

/// All rows of [`TABLES`], and all files of uploads and media.
async fn what_is_there(stack: &Stack) -> Vec<String> {
    let mut there = Vec::new();
    for table in TABLES {
        let sql = format!("select '{table} ' || to_jsonb(t)::text from {table} as t");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&stack.database.pool)
            .await
            .expect("the query works");
        there.extend(rows);
    }
    for folder in ["sources", "media", "ready"] {
        list_files(&stack.store().join(folder), &mut there);
    }
    there.sort();
    there
}

fn list_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        found.push(path.display().to_string());
        list_files(&path, found);
    }
}

async fn failed_jobs(stack: &Stack) -> i64 {
    sqlx::query_scalar("select count(*) from jobs where state = 'failed'")
        .fetch_one(&stack.database.pool)
        .await
        .expect("the query works")
}
