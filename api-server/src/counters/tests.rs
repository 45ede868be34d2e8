//! Tests with right and with wrong counters.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test's own steps must work"
)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};

use super::actions::report_drift;
use super::store::list_drift;
use crate::testing::{Client, TestApp};

#[tokio::test]
async fn each_counter_that_is_wrong_is_told_and_none_that_is_right() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    for visibility in ["public", "followers", "private"] {
        ada.write_post(json!({"text": "x", "visibility": visibility}))
            .await;
    }
    assert_eq!(bob.put("/posts/1/like").await.status, 204);
    assert_eq!(bob.put("/users/ada/follow").await.status, 204);
    assert_eq!(report_drift(&test.app.pool).await.unwrap(), 0);
    test.run(
        "insert into comments (post_id, author_id, text, likes_count, replies_count)
        values (1, 2, 'a comment', 1, 1);
        update posts set likes_count = 7 where id = 2;
        update profiles set followers_count = 9, following_count = 9, posts_count = 9
        where user_id = 2",
    )
    .await;
    let mut connection = test.app.pool.acquire().await.unwrap();
    for (counter, rows) in list_drift(&mut connection).await.unwrap() {
        assert_eq!(rows, 1, "{counter}");
    }
    assert_eq!(report_drift(&test.app.pool).await.unwrap(), 7);
}

/// Other tests write to the same database during the count; they keep its counters right too.
#[tokio::test]
async fn every_counter_of_a_million_posts_is_right() {
    let test = TestApp::seeded().await;
    assert_eq!(report_drift(&test.app.pool).await.unwrap(), 0);
}

const CLIENTS: usize = 64;
const STEPS: usize = 10;
const PEOPLE: usize = 8;

/// Performs one step of client `number` and checks the status.
async fn act((number, step): (usize, usize), people: &[(String, Client)]) {
    let (_, client) = &people[number % PEOPLE];
    let (other, _) = &people[(number + 1 + step % (PEOPLE - 1)) % PEOPLE];
    // Posts and comments 1 to 4 exist from the start.
    let thing = 1 + (number * 7 + step * 3) % 4;
    let comments = format!("/posts/{thing}/comments");
    let (answer, expected) = match (number * 5 + step * 11) % 9 {
        0 => (client.put(&format!("/posts/{thing}/like")).await, 204),
        1 => (client.delete(&format!("/posts/{thing}/like")).await, 204),
        2 => (client.put(&format!("/comments/{thing}/like")).await, 204),
        3 => (client.delete(&format!("/comments/{thing}/like")).await, 204),
        4 => (client.put(&format!("/users/{other}/follow")).await, 204),
        5 => (client.delete(&format!("/users/{other}/follow")).await, 204),
        6 => {
            let reply = json!({"text": "x", "parent_id": thing.to_string()});
            (client.post(&comments, &reply).await, 201)
        }
        7 => {
            let made = client.post(&comments, &json!({"text": "x"})).await;
            assert_eq!(made.status, 201, "{made:?}");
            let id = made.json()["id"].as_str().unwrap().to_owned();
            (client.delete(&format!("/comments/{id}")).await, 204)
        }
        _ => {
            let id = client.write_post(json!({"text": "x"})).await;
            (client.delete(&format!("/posts/{id}")).await, 204)
        }
    };
    assert_eq!(answer.status, expected, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn likes_comments_follows_and_posts_of_64_clients_neither_deadlock_nor_drift() {
    let test = TestApp::start().await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let name = format!("person{number}");
        let client = test.person(&name).await;
        people.push((name, client));
    }
    for (_, client) in &people[..4] {
        let id = client.write_post(json!({"text": "x"})).await;
        let path = format!("/posts/{id}/comments");
        assert_eq!(client.post(&path, &json!({"text": "x"})).await.status, 201);
    }
    let people = Arc::new(people);
    let tasks = (0..CLIENTS).map(|number| {
        let people = Arc::clone(&people);
        tokio::spawn(async move {
            for step in 0..STEPS {
                act((number, step), &people).await;
            }
        })
    });
    let all = tokio::time::timeout(Duration::from_mins(2), join_all(tasks));
    for done in all.await.unwrap() {
        done.unwrap();
    }
    assert_eq!(report_drift(&test.app.pool).await.unwrap(), 0);
    // A backend reports its deadlocks when it exits, if not before.
    test.database.pool.close().await;
    let mut connection = PgConnection::connect(&test.database.url).await.unwrap();
    let deadlocks: i64 = sqlx::query_scalar(
        "select deadlocks from pg_stat_database where datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(deadlocks, 0);
}
