//! The cost of a page of comments, in SQL statements and blocks read, for trees of any shape.

use shared::ids::{CommentId, PostId, UserId};
use shared::testing::Statements;
use sqlx::PgConnection;
use time::macros::datetime;

use super::{delete, outline, scene};
use crate::comments::rows::CommentRow;
use crate::comments::store;
use crate::http::{PageKey, PageRequest};
use crate::testing::{TestApp, blocks};

/// Adds wide, long and deep threads by user 2 to post 1, and many comments to another post.
async fn grow(test: &TestApp) {
    test.run(
        "insert into posts (author_id, text, published_at) values (1, 'other', now());
        -- Long: 20,000 that answer the post.
        insert into comments (post_id, author_id, text, created_at)
        select 1, 2, n, '2026-01-01'::timestamptz + n * interval '1 second'
        from generate_series(1, 20000) n;
        -- Wide: 20,000 answer the first.
        insert into comments (post_id, parent_id, author_id, text)
        select 1, 1, 2, n from generate_series(1, 20000) n;
        -- Deep: 10,000 levels below the second.
        insert into comments (post_id, parent_id, author_id, text)
        select 1, case when n = 1 then 2 else 39999 + n end, 2, n
        from generate_series(1, 10000) n;
        insert into comments (post_id, author_id, text)
        select 2, 1, n from generate_series(1, 20000) n;
        analyze",
    )
    .await;
}

/// The minimum number of blocks over three runs of `read`.
async fn cost(
    test: &TestApp,
    read: impl AsyncFn(&mut PgConnection) -> Vec<CommentRow>,
    rows: usize,
) -> i64 {
    let mut connection = test.database.pool.acquire().await.unwrap();
    let mut fewest = i64::MAX;
    for _ in 0..3 {
        let before = blocks(&mut connection).await;
        assert_eq!(read(&mut connection).await.len(), rows);
        fewest = fewest.min(blocks(&mut connection).await - before);
    }
    fewest
}

/// The maximum cost of a row: its own blocks, its author's, and the index lookups for a block in
/// each direction and for a like.
const ROW: i64 = 24;

fn page(limit: usize, start: PageKey) -> PageRequest {
    let end = PageKey::NEWEST;
    PageRequest { limit, start, end }
}

#[tokio::test]
async fn a_page_reads_what_it_shows_and_nothing_of_the_threads_around_it() {
    let (test, _) = scene().await;
    grow(&test).await;
    let (viewer, post) = (Some(UserId(3)), PostId(1));
    let middle = PageKey {
        at: datetime!(2026-01-01 02:46:40 UTC),
        id: 10_000,
    };
    for after in [PageKey::OLDEST, middle] {
        let list = async |connection: &mut PgConnection| {
            let page = page(20, after);
            store::list_comments(connection, viewer, post, page)
                .await
                .unwrap()
        };
        let blocks = cost(&test, list, 21).await;
        assert!(
            blocks <= 21 * ROW,
            "{blocks} blocks for a page of a long thread"
        );
    }
    // The wide thread, the deep thread, and eighteen comments without replies.
    let parents: Vec<_> = (1..=20).map(CommentId).collect();
    let replies = async |connection: &mut PgConnection| {
        let page = page(3, PageKey::OLDEST);
        store::list_replies(connection, viewer, &parents, page)
            .await
            .unwrap()
    };
    let blocks = cost(&test, replies, 5).await;
    assert!(blocks <= 20 * 4 + 5 * ROW, "{blocks} blocks for replies");
}

#[tokio::test]
async fn looking_below_a_stone_ends_with_the_first_that_is_seen_or_after_a_hundred() {
    let (test, _) = scene().await;
    grow(&test).await;
    let kept = async |test: &TestApp, tombstone: i64| {
        let mut connection = test.database.pool.acquire().await.unwrap();
        let (viewer, tombstones) = (Some(UserId(3)), [CommentId(tombstone)]);
        let before = blocks(&mut connection).await;
        let kept = store::list_kept(&mut connection, viewer, &tombstones).await;
        (kept.unwrap().len(), blocks(&mut connection).await - before)
    };
    let (found, cost) = kept(&test, 1).await;
    assert!(
        found == 1 && cost < 60,
        "{cost} blocks for the first of many"
    );
    test.run("update users set state = 'suspended' where username = 'bob'")
        .await;
    assert_eq!(kept(&test, 3).await.0, 0, "nothing is below");
    for (tombstone, shape) in [(1, "wide"), (2, "deep")] {
        let (found, cost) = kept(&test, tombstone).await;
        assert_eq!(found, 1, "{shape}: too much below to look through");
        assert!(cost < 800, "{cost} blocks, {shape}");
    }
}

#[tokio::test]
async fn a_page_takes_the_same_few_statements_whatever_the_tree() {
    let (test, [_, bob, eve]) = scene().await;
    grow(&test).await;
    let asked = Statements::watch();
    let mut counted = Vec::new();
    for limit in [1, 3, 100] {
        let _ = asked.take();
        let path = format!("/posts/1/comments?limit={limit}");
        assert_eq!(bob.get(&path).await.status, 200);
        counted.push(asked.take().statements.len());
    }
    // One statement each for the post, the page, the two levels below it, and the caller.
    assert!(
        counted.iter().all(|count| count == &counted[0]),
        "{counted:?}"
    );
    assert!((4..=6).contains(&counted[0]), "{counted:?}");
    test.run("insert into blocks (blocker_id, blocked_id) values (3, 2)")
        .await;
    let _ = asked.take();
    assert_eq!(eve.get("/posts/1/comments?limit=100").await.status, 200);
    let with_tombstones = asked.take().statements.len();
    // All are hidden, so the page reads on four times, with one more statement each for what is
    // below.
    assert!(with_tombstones <= counted[0] + 10, "{with_tombstones}");
}

#[tokio::test]
async fn ten_thousand_levels_are_pruned_with_their_last_and_removed_with_their_post() {
    let (test, [ada, bob, _]) = scene().await;
    grow(&test).await;
    test.run(
        "update comments set deleted_at = now() where post_id = 1 and id between 40001 and 49999;
        update comments set replies_count = 0;
        update comments set replies_count = 20000 where id = 1;
        update comments set replies_count = 1 where id = 49999;
        update posts set comments_count = 30001 where id = 1",
    )
    .await;
    let page = bob.get("/posts/1/comments?limit=3").await.json();
    assert_eq!(outline(&page), "1(1 2 3 …) 2(-(-?)) 3 …");
    assert_eq!(delete(&bob, "50000").await.status, 204);
    let page = bob.get("/posts/1/comments?limit=3").await.json();
    assert_eq!(outline(&page), "1(1 2 3 …) 2 3 …");
    let left: i64 =
        sqlx::query_scalar("select count(*) from comments where id between 40001 and 50000")
            .fetch_one(&test.database.pool)
            .await
            .unwrap();
    assert_eq!(left, 0);
    test.run("delete from posts where id = 1").await;
    assert_eq!(ada.get("/posts/1/comments").await.status, 404);
}
