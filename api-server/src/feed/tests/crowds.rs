//! Reads all pages while many clients write.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::testing::{Client, TestApp};

const WRITERS: usize = 8;
/// The maximum number of posts per writer, in case the reader does not finish.
const MOST_EACH: usize = 500;

/// Posts by all users; groups of three share their publication time.
const BEFORE: &str = "
    insert into posts (author_id, text, published_at)
    select 1 + n % 8, 'before', '2026-01-01'::timestamptz + (n / 3) * interval '1 microsecond'
    from generate_series(1, 100) n;
    insert into follows (follower_id, followee_id) select 9, n from generate_series(1, 8) n";

struct Writing {
    is_over: AtomicBool,
    written: AtomicUsize,
}

/// Writes posts, deletes some of them, and likes old posts, while another client reads pages.
async fn write(client: &Client, writing: &Writing) {
    for _ in 0..MOST_EACH {
        if writing.is_over.load(Ordering::Relaxed) {
            break;
        }
        client.write_post(json!({"text": "kept"})).await;
        let gone = client.write_post(json!({"text": "gone"})).await;
        assert_eq!(client.delete(&format!("/posts/{gone}")).await.status, 204);
        let old = format!("/posts/{}/like", client.user_id.0);
        assert_eq!(client.put(&old).await.status, 204);
        writing.written.fetch_add(1, Ordering::Relaxed);
    }
}

/// All items of a list, and the number of posts written meanwhile.
async fn read(reader: &Client, list: &str, writing: &Writing) -> (Vec<Value>, usize) {
    let (mut path, mut seen) = (format!("{list}limit=7"), Vec::new());
    let before = writing.written.load(Ordering::Relaxed);
    loop {
        let page = reader.get(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        assert!(seen.len() <= 2 * 100, "it ends");
        path = format!("{list}limit=7&cursor={cursor}");
    }
    (seen, writing.written.load(Ordering::Relaxed) - before)
}

fn id(post: &Value) -> i64 {
    post["id"].as_str().unwrap().parse().unwrap()
}

async fn check(list: &str) {
    let test = TestApp::start().await;
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        writers.push(test.person(&format!("writer{number}")).await);
    }
    let reader = test.person("reader").await;
    test.run(BEFORE).await;
    let writing = Writing {
        is_over: AtomicBool::new(false),
        written: AtomicUsize::new(0),
    };
    let (rounds, ()) = tokio::join!(
        async {
            let mut rounds = Vec::new();
            for _ in 0..3 {
                rounds.push(read(&reader, list, &writing).await);
            }
            writing.is_over.store(true, Ordering::Relaxed);
            rounds
        },
        async {
            futures_util::future::join_all(writers.iter().map(|one| write(one, &writing))).await;
        },
    );
    let ids: Vec<i64> = (1..=100).rev().collect();
    for (seen, meanwhile) in rounds {
        assert!(meanwhile > 0, "{list}: nothing was written meanwhile");
        let is_old = |post: &&Value| post["text"] == "before";
        let old: Vec<_> = seen.iter().filter(is_old).map(id).collect();
        assert_eq!(old, ids, "{list}");
        let new: Vec<_> = seen
            .iter()
            .take_while(|post| !is_old(post))
            .map(id)
            .collect();
        assert_eq!(
            new.len() + old.len(),
            seen.len(),
            "{list}: the new come first"
        );
        let once: HashSet<_> = new.iter().collect();
        assert_eq!(once.len(), new.len(), "{list}: none comes twice");
    }
}

#[tokio::test]
async fn the_public_feed_gives_each_post_once_while_eight_people_write() {
    check("/feeds/public?").await;
}

#[tokio::test]
async fn a_home_feed_gives_each_post_once_while_eight_people_write() {
    check("/feeds/home?").await;
}

#[tokio::test]
async fn search_gives_each_post_once_while_eight_people_write() {
    check("/search?q=before&").await;
}
