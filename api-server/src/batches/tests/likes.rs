//! Likes of one post.

use std::collections::HashSet;

use shared::testing::Statements;

use super::{blocked, gather, gathered, hold, scene, send, statuses};
use crate::testing::{Client, TestApp};

const POST: &str = "select from posts where id = 1 for update";

/// The counter, and the number of rows.
async fn likes(test: &TestApp) -> (i64, i64) {
    sqlx::query_as("select likes_count, (select count(*) from post_likes) from posts where id = 1")
        .fetch_one(&test.database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn likes_of_one_post_share_a_connection_and_few_statements_however_many_wait() {
    let (test, ada, fans) = scene(64).await;
    let watched = Statements::watch();
    for group in [&fans[..3], &fans[3..]] {
        let mut held = hold(&test, POST).await;
        let likes = gather(&test, &mut held, group, |fan| async move {
            fan.put("/posts/1/like").await
        });
        let likes = likes.await;
        assert_eq!(test.app.pool.used(), 2, "this test's and the batch's");
        assert_eq!(ada.get("/me").await.status, 200);
        let _ = watched.take();
        drop(held);
        assert_eq!(statuses(likes).await, vec![204; group.len()]);
        let statements = watched.take().statements;
        // The likes, the event and the commit of two batches: the first, and all others.
        assert_eq!(statements.len(), 6, "{statements:?}");
    }
    assert_eq!(likes(&test).await, (64, 64));
    let events = "select count(*)::text from events where event = 'post.counts'";
    assert_eq!(test.ask(events).await, "4", "one for each batch");
}

#[tokio::test]
async fn a_like_that_is_refused_or_changes_nothing_fails_no_other_in_its_batch() {
    let (test, ada, fans) = scene(6).await;
    assert_eq!(ada.put("/users/fan1/block").await.status, 204);
    assert_eq!(fans[2].put("/posts/1/like").await.status, 204);
    let mut held = hold(&test, POST).await;
    let put = |fan: Client| async move { fan.put("/posts/1/like").await };
    let delete = |fan: Client| async move { fan.delete("/posts/1/like").await };
    let mut requests = send(&fans[..1], put);
    gathered(&test, &mut held, 0).await;
    let twice = [
        fans[1].clone(),
        fans[2].clone(),
        fans[3].clone(),
        fans[3].clone(),
    ];
    requests.extend(send(&twice, put));
    requests.extend(send(&fans[4..5], delete));
    requests.extend(send(&fans[5..], put));
    gathered(&test, &mut held, 6).await;
    drop(held);
    assert_eq!(
        statuses(requests).await,
        [204, 404, 204, 204, 204, 204, 204]
    );
    assert_eq!(likes(&test).await, (4, 4), "fans 0, 2, 3 and 5");
}

#[tokio::test]
async fn a_batch_whose_connection_breaks_is_503_for_all_and_changes_nothing() {
    let (test, _, fans) = scene(8).await;
    let put = |fan: Client| async move { fan.put("/posts/1/like").await };
    let mut held = hold(&test, POST).await;
    let likes_sent = gather(&test, &mut held, &fans, put).await;
    let mut broken = HashSet::new();
    // The first batch, and then the one of those that waited.
    while broken.len() < 2 {
        for pid in blocked(&mut held).await {
            let cut = sqlx::query("select pg_terminate_backend($1)").bind(pid);
            cut.execute(&mut *held).await.unwrap();
            broken.insert(pid);
        }
    }
    for answer in likes_sent {
        let answer = answer.await.unwrap();
        assert_eq!(answer.refusal(), (503, "unavailable".to_owned()));
        assert!(answer.headers.contains_key("retry-after"));
    }
    drop(held);
    assert_eq!(likes(&test).await, (0, 0));
    assert_eq!(statuses(send(&fans, put)).await, [204; 8]);
    assert_eq!(likes(&test).await, (8, 8));
}
