//! Comments on one post.

use reqwest::Method;
use serde_json::{Value, json};
use shared::testing::Statements;

use super::{gather, gathered, hold, scene, send, statuses};
use crate::testing::{Answer, Client};

const POST: &str = "select from posts where id = 1 for update";

async fn say(client: Client, key: &str, body: Value) -> Answer {
    let request = client.request(Method::POST, "/api/v1/posts/1/comments");
    crate::testing::send(request.header("idempotency-key", key).json(&body)).await
}

#[tokio::test]
async fn comments_on_one_post_share_few_statements_and_stand_in_list_order() {
    let (test, ada, fans) = scene(24).await;
    let parent = ada
        .post("/posts/1/comments", &json!({"text": "parent"}))
        .await;
    assert_eq!(parent.status, 201);
    let watched = Statements::watch();
    for group in [&fans[..3], &fans[3..]] {
        let mut held = hold(&test, POST).await;
        let replies = gather(&test, &mut held, group, |fan| async move {
            let body = json!({"text": format!("by {}", fan.user_id), "parent_id": "1"});
            say(fan, "key", body).await
        });
        let replies = replies.await;
        let _ = watched.take();
        drop(held);
        for (fan, answer) in group.iter().zip(replies) {
            let answer = answer.await.unwrap();
            assert_eq!(answer.status, 201, "{answer:?}");
            let comment = answer.json();
            assert_eq!(comment["author"]["id"], fan.user_id.to_string());
            assert_eq!(comment["text"], format!("by {}", fan.user_id));
            assert_eq!(comment["parent_id"], "1");
        }
        let statements = watched.take().statements;
        // Of the first batch since it waits, and of the second: locks, keys, comments, three
        // events, records, rows and the commit.
        assert_eq!(statements.len(), 7 + 9, "{statements:?}");
    }
    let told = "select count(*)::text from events where event = 'comment.created'";
    assert_eq!(test.ask(told).await, "25");
    let order = "select (array_agg(id order by id) = array_agg(id order by created_at, id))::text
        from comments";
    assert_eq!(test.ask(order).await, "true");
    let counted =
        "select comments_count || ' ' || (select replies_count from comments where id = 1)
        from posts where id = 1";
    assert_eq!(test.ask(counted).await, "25 24");
}

#[tokio::test]
async fn a_comment_that_is_refused_fails_no_other_in_its_batch() {
    let (test, ada, fans) = scene(4).await;
    ada.write_post(json!({"text": "another post"})).await;
    let elsewhere = ada
        .post("/posts/2/comments", &json!({"text": "elsewhere"}))
        .await;
    assert_eq!(elsewhere.status, 201);
    let by_eve = test.person("eve").await;
    let by_eve = by_eve
        .post("/posts/1/comments", &json!({"text": "by eve"}))
        .await;
    assert_eq!(by_eve.status, 201);
    assert_eq!(ada.put("/users/fan1/block").await.status, 204);
    assert_eq!(fans[2].put("/users/eve/block").await.status, 204);
    let made = say(fans[3].clone(), "before", json!({"text": "before"})).await;
    let mut held = hold(&test, POST).await;
    let first = send(&fans[..1], |fan| {
        say(fan, "first", json!({"text": "first"}))
    });
    gathered(&test, &mut held, 0).await;
    let requests = [
        (1, "blocked", json!({"text": "x"}), 404),
        (
            2,
            "hidden parent",
            json!({"text": "x", "parent_id": "2"}),
            422,
        ),
        (3, "other post", json!({"text": "x", "parent_id": "1"}), 422),
        (3, "nothing", json!({"text": "x", "parent_id": "99"}), 422),
        (3, "before", json!({"text": "before"}), 201),
        (3, "before", json!({"text": "not the same"}), 409),
        (0, "once", json!({"text": "once"}), 201),
        (0, "once", json!({"text": "once"}), 409),
        (0, "reply", json!({"text": "reply", "parent_id": "2"}), 201),
    ];
    let mut answers = Vec::new();
    for (place, (fan, key, body, _)) in requests.iter().enumerate() {
        let key = key.replace(' ', "-");
        let (fan, body) = (fans[*fan].clone(), body.clone());
        answers.push(tokio::spawn(async move { say(fan, &key, body).await }));
        gathered(&test, &mut held, place + 1).await;
    }
    drop(held);
    let expected: Vec<u16> = requests.iter().map(|request| request.3).collect();
    let mut got = Vec::new();
    for answer in answers {
        got.push(answer.await.unwrap());
    }
    let statuses_got: Vec<u16> = got.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses_got, expected);
    assert_eq!(statuses(first).await, [201]);
    assert_eq!(got[4].json()["id"], made.json()["id"], "a replay");
    let texts = "select string_agg(text, ' ' order by id) from comments where post_id = 1";
    assert_eq!(test.ask(texts).await, "by eve before first once reply");
    let counted = "select comments_count::text from posts where id = 1";
    assert_eq!(test.ask(counted).await, "5");
}
