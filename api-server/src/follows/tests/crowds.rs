//! Concurrent follows: nothing deadlocks, and the counters match the rows.

use std::time::Duration;

use futures_util::future::join_all;

use crate::testing::{Client, TestApp};

/// The number of users with wrong counters, and the number of follows and requests between users
/// with a block.
async fn faults(test: &TestApp) -> (i64, i64) {
    sqlx::query_as(
        "select
            (select count(*) from profiles
            where followers_count <> (select count(*) from follows where followee_id = user_id)
                or following_count <> (select count(*) from follows where follower_id = user_id)),
            (select count(*) from blocks
            join (
                select follower_id, followee_id from follows
                union all select requester_id, target_id from follow_requests
            ) edges on (follower_id, followee_id) in (
                (blocker_id, blocked_id), (blocked_id, blocker_id)
            ))",
    )
    .fetch_one(&test.database.pool)
    .await
    .unwrap()
}

async fn people(test: &TestApp) -> Vec<(String, Client)> {
    let mut people = Vec::new();
    for name in ["ada", "bob", "eve", "dan"] {
        people.push((name.to_owned(), test.person(name).await));
    }
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn mutual_follows_of_64_tasks_neither_deadlock_nor_drift() {
    let test = TestApp::start().await;
    let people = people(&test).await;
    let tasks = (0..64).map(|task: usize| {
        let (_, client) = people[task % 4].clone();
        let (name, _) = people[(task % 4 + 1 + task / 4 % 3) % 4].clone();
        tokio::spawn(async move {
            let path = format!("/users/{name}/follow");
            for round in 0..8 {
                let answer = if (task / 16 + round) % 3 < 2 {
                    client.put(&path).await
                } else {
                    client.delete(&path).await
                };
                assert_eq!(answer.status, 204, "{answer:?}");
            }
        })
    });
    let all = tokio::time::timeout(Duration::from_mins(1), join_all(tasks));
    for done in all.await.unwrap() {
        done.unwrap();
    }
    assert_eq!(faults(&test).await, (0, 0));
    let deadlocks: i64 = sqlx::query_scalar(
        "select deadlocks from pg_stat_database where datname = current_database()",
    )
    .fetch_one(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(deadlocks, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_block_leaves_no_follow_whoever_follows_accepts_or_opens_meanwhile() {
    let test = TestApp::start().await;
    let people = people(&test).await;
    let (ada, bob) = (&people[0].1, &people[1].1);
    for _ in 0..12 {
        let private = serde_json::json!({"is_private": true});
        let open = serde_json::json!({"is_private": false});
        ada.patch("/me", &private).await;
        bob.put("/users/ada/follow").await;
        let (a, b, c, d) = tokio::join!(
            ada.put("/users/bob/block"),
            ada.put("/follow-requests/bob"),
            bob.put("/users/ada/follow"),
            ada.patch("/me", &open),
        );
        assert_eq!((a.status, d.status), (204, 200));
        assert!([204, 404].contains(&b.status) && [204, 404].contains(&c.status));
        assert_eq!(faults(&test).await, (0, 0));
        assert_eq!(ada.delete("/users/bob/block").await.status, 204);
    }
}
