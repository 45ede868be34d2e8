//! Concurrent requests: counters stay exact, nothing deadlocks, and no change is partial.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use serde_json::json;

use super::{delete, drift, edit, id_of, like, say, scene, unlike};
use crate::testing::Client;

const CLIENTS: usize = 64;
const STEPS: usize = 12;

/// A pseudo-random number below `end`, the same in every run.
fn draw(of: (usize, usize, &str), end: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    usize::try_from(hasher.finish() % u64::try_from(end).unwrap()).unwrap()
}

#[tokio::test]
async fn counters_are_exact_when_64_clients_do_everything_at_once_on_one_post() {
    let (test, [ada, bob, eve]) = scene().await;
    let people = [ada, bob, eve];
    let newest = AtomicUsize::new(1);
    say(&people[0], "first", None).await;
    let clients = (0..CLIENTS).map(|number| {
        let (client, newest) = (&people[number % people.len()], &newest);
        async move {
            for step in 0..STEPS {
                let near = newest.load(Ordering::Relaxed);
                let back = draw((number, step, "back"), near.min(8));
                let any = (near - back).to_string();
                let (what, expected): (_, &[u16]) = match draw((number, step, "what"), 10) {
                    0..3 => (say_under(client, None, newest).await, &[201]),
                    3..6 => (say_under(client, Some(&any), newest).await, &[201, 422]),
                    6 | 7 => (delete(client, &any).await.status, &[204, 403, 404]),
                    8 => (like(client, &any).await.status, &[204, 404]),
                    _ => (unlike(client, &any).await.status, &[204, 404]),
                };
                assert!(expected.contains(&what), "{what} is none of {expected:?}");
            }
        }
    });
    join_all(clients).await;
    assert!(newest.load(Ordering::Relaxed) > CLIENTS, "much was written");
    assert_eq!(drift(&test).await, 0);
    let bare: i64 = sqlx::query_scalar(
        "select count(*) from comments where deleted_at is not null and not exists (
            select from comments as reply where reply.parent_id = comments.id)",
    )
    .fetch_one(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(bare, 0, "each tombstone has a reply");
}

async fn say_under(client: &Client, parent: Option<&str>, newest: &AtomicUsize) -> u16 {
    let body = json!({"text": "x", "parent_id": parent});
    let answer = client.post("/posts/1/comments", &body).await;
    if answer.status == 201 {
        let id = id_of(&answer).parse().unwrap();
        newest.fetch_max(id, Ordering::Relaxed);
    }
    answer.status
}

#[tokio::test]
async fn a_reply_and_the_end_of_its_parent_come_one_after_the_other() {
    let (test, [ada, bob, _]) = scene().await;
    for _ in 0..20 {
        let parent = say(&ada, "parent", None).await;
        let body = json!({"text": "reply", "parent_id": parent});
        let (reply, deleted) =
            join(bob.post("/posts/1/comments", &body), delete(&ada, &parent)).await;
        assert_eq!(deleted.status, 204);
        assert!([201, 422].contains(&reply.status), "{reply:?}");
        let below = format!("/posts/1/comments?parent_id={parent}");
        let expected = if reply.status == 201 { 200 } else { 422 };
        assert_eq!(bob.get(&below).await.status, expected);
    }
    assert_eq!(drift(&test).await, 0);
}

#[tokio::test]
async fn an_edit_a_like_and_a_second_deletion_that_race_a_deletion_are_done_or_404() {
    let (test, [ada, bob, _]) = scene().await;
    for _ in 0..20 {
        let id = say(&bob, "x", None).await;
        let patch = json!({"text": "y"});
        let ((edited, liked), (first, second)) = join(
            join(edit(&bob, &id, &patch), like(&ada, &id)),
            join(delete(&bob, &id), delete(&ada, &id)),
        )
        .await;
        assert!([200, 404].contains(&edited.status), "{edited:?}");
        assert!([204, 404].contains(&liked.status), "{liked:?}");
        let mut deletions = [first.status, second.status];
        deletions.sort_unstable();
        assert_eq!(deletions, [204, 404], "one of them did it");
    }
    let left: i64 = sqlx::query_scalar("select count(*) from comments")
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!((left, drift(&test).await), (0, 0));
}

#[tokio::test]
async fn a_comment_on_a_post_that_is_being_deleted_is_made_before_or_not_at_all() {
    let (test, [ada, bob, _]) = scene().await;
    for number in 2..12 {
        let post = ada.write_post(json!({"text": "x"})).await;
        assert_eq!(post, number.to_string());
        let (path, body) = (format!("/posts/{post}/comments"), json!({"text": "x"}));
        let mark = sqlx::query("update posts set deleted_at = now() where id = $1")
            .bind(number)
            .execute(&test.database.pool);
        let (answer, marked) = join(bob.post(&path, &body), mark).await;
        marked.unwrap();
        assert!([201, 404].contains(&answer.status), "{answer:?}");
        if answer.status == 201 {
            let id = answer.json()["id"].as_str().unwrap().to_owned();
            assert_eq!(delete(&bob, &id).await.refusal().0, 404);
        }
    }
    assert_eq!(drift(&test).await, 0);
}
