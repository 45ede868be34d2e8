//! Tests of comments over HTTP.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

mod cost;
mod races;
mod tree;
mod writing;

use serde_json::{Value, json};

use crate::testing::{Answer, Client, TestApp};

/// Writes a comment as `client` on post 1, or a reply to `parent`, and returns its id.
async fn say(client: &Client, text: &str, parent: Option<&str>) -> String {
    let body = json!({"text": text, "parent_id": parent});
    let answer = client.post("/posts/1/comments", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    id_of(&answer)
}

fn id_of(answer: &Answer) -> String {
    let json = answer.json();
    json.get("id").and_then(Value::as_str).unwrap().to_owned()
}

async fn edit(client: &Client, id: &str, body: &Value) -> Answer {
    client.patch(&format!("/comments/{id}"), body).await
}

async fn like(client: &Client, id: &str) -> Answer {
    client.put(&format!("/comments/{id}/like")).await
}

async fn unlike(client: &Client, id: &str) -> Answer {
    client.delete(&format!("/comments/{id}/like")).await
}

async fn delete(client: &Client, id: &str) -> Answer {
    client.delete(&format!("/comments/{id}")).await
}

/// A page's tree in short form: `a(b(c) d)`, `-` for a comment without text, `…` if there is more.
fn outline(page: &Value) -> String {
    let items = page["items"].as_array().unwrap();
    let mut parts: Vec<String> = items
        .iter()
        .map(|item| {
            assert_eq!(item["author"].is_null(), item["deleted"], "{item}");
            assert_eq!(item["text"].is_null(), item["deleted"], "{item}");
            let text = item["text"].as_str().unwrap_or("-");
            match &item["replies"] {
                Value::Null => format!("{text}?"),
                replies if outline(replies).is_empty() => text.to_owned(),
                replies => format!("{text}({})", outline(replies)),
            }
        })
        .collect();
    if page["next_cursor"].is_string() {
        parts.push("…".to_owned());
    }
    parts.join(" ")
}

/// The outline of the comments of post 1 that `client` sees.
async fn seen(client: &Client) -> String {
    outline(&client.get("/posts/1/comments").await.json())
}

/// Post 1, by ada; bob and eve may read it.
async fn scene() -> (TestApp, [Client; 3]) {
    let test = TestApp::start().await;
    let people = [
        test.person("ada").await,
        test.person("bob").await,
        test.person("eve").await,
    ];
    people[0].write_post(json!({"text": "a post"})).await;
    (test, people)
}

/// The number of counters that differ from the rows that they count.
async fn drift(test: &TestApp) -> i64 {
    sqlx::query_scalar(
        "select count(*) from (
            select from posts where comments_count <> (
                select count(*) from comments
                where post_id = posts.id and deleted_at is null)
            union all
            select from comments where replies_count <> (
                select count(*) from comments as reply
                where reply.parent_id = comments.id and reply.deleted_at is null)
            union all
            select from comments where likes_count <> (
                select count(*) from comment_likes where comment_id = comments.id)
        ) as wrong",
    )
    .fetch_one(&test.database.pool)
    .await
    .unwrap()
}
