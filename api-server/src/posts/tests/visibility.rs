//! Which viewer sees which post: the complete table, checked over HTTP and by `find_seen_post`.

#![expect(clippy::indexing_slicing, reason = "the table has these rows")]

use serde_json::json;
use shared::ids::PostId;

use crate::posts::store;
use crate::testing::{Client, TestApp};

/// The viewers, in the order of the rows below.
const VIEWERS: [&str; 5] = ["anyone", "stranger", "follower", "blocked", "author"];

/// The author's posts 1 to 4: public, for followers, private, unpublished.
async fn scene() -> (TestApp, Vec<Client>) {
    let test = TestApp::start().await;
    let author = test.person("author").await;
    for visibility in ["public", "followers", "private", "public"] {
        let body = json!({"text": visibility, "visibility": visibility});
        author.write_post(body).await;
    }
    let (stranger, follower) = (test.person("stranger").await, test.person("follower").await);
    let blocked = test.person("blocked").await;
    test.run(
        "update posts set published_at = null where id = 4;
        insert into follows (follower_id, followee_id)
        select users.id, 1 from users where username in ('follower', 'blocked');
        insert into blocks (blocker_id, blocked_id)
        select 1, users.id from users where username = 'blocked'",
    )
    .await;
    let viewers = vec![test.anon(), stranger, follower, blocked, author];
    (test, viewers)
}

/// Compares the status for each viewer and post with `expected`, which has one row per viewer.
async fn assert_seen(test: &TestApp, viewers: &[Client], expected: [[u16; 4]; 5], what: &str) {
    for (position, viewer) in viewers.iter().enumerate() {
        let mut statuses = Vec::new();
        let mut connection = test.database.pool.acquire().await.unwrap();
        for post in 1..=4 {
            let status = viewer.get(&format!("/posts/{post}")).await.status;
            let id = viewer.token.as_ref().map(|_| viewer.user_id);
            let seen = store::find_seen_post(&mut connection, id, PostId(post)).await;
            assert_eq!(seen.unwrap().is_some(), status == 200, "post {post}");
            statuses.push(status);
        }
        assert_eq!(
            statuses, expected[position],
            "{what}: {}",
            VIEWERS[position]
        );
    }
}

const NONE: [u16; 4] = [404; 4];

#[tokio::test]
async fn who_sees_which_post_is_as_the_table_says() {
    let (test, viewers) = scene().await;
    let (open, shared) = ([200, 404, 404, 404], [200, 200, 404, 404]);
    let all = [200; 4];
    assert_seen(
        &test,
        &viewers,
        [open, open, shared, NONE, all],
        "a public account",
    )
    .await;
    test.run("update profiles set is_private = true where user_id = 1")
        .await;
    assert_seen(
        &test,
        &viewers,
        [NONE, NONE, shared, NONE, all],
        "a private account",
    )
    .await;
    test.run("update profiles set is_private = false").await;
    test.run("update blocks set blocker_id = blocked_id, blocked_id = blocker_id")
        .await;
    assert_seen(
        &test,
        &viewers,
        [open, open, shared, NONE, all],
        "blocks go both ways",
    )
    .await;
    test.run("update posts set deleted_at = now()").await;
    assert_seen(&test, &viewers, [NONE; 5], "deleted").await;
}

#[tokio::test]
async fn nobody_sees_the_posts_of_who_is_suspended_or_deleted() {
    let (test, mut viewers) = scene().await;
    // The author's tokens are refused with 401 before anything is read.
    viewers.pop();
    let expected = [NONE; 5];
    for state in [
        "update users set state = 'suspended' where id = 1",
        "update users set state = 'deleted' where id = 1",
    ] {
        test.run(state).await;
        assert_seen(&test, &viewers, expected, state).await;
    }
}

#[tokio::test]
async fn lists_show_what_each_viewer_may_see() {
    let (_test, viewers) = scene().await;
    let lengths = [1, 1, 2, 0, 3];
    for (position, viewer) in viewers.iter().enumerate() {
        let page = viewer.get("/users/author/posts").await.json();
        // A viewer whom the author blocks may get 404 instead of a list.
        let found = page["items"].as_array().map_or(0, Vec::len);
        assert_eq!(found, lengths[position], "{}", VIEWERS[position]);
        let feed = viewer.get("/feeds/public").await.json();
        let is_blocked = VIEWERS[position] == "blocked";
        let found = feed["items"].as_array().unwrap().len();
        assert_eq!(found, usize::from(!is_blocked), "{}", VIEWERS[position]);
    }
}

#[tokio::test]
async fn a_list_of_which_nothing_may_be_seen_has_no_next_page() {
    let (test, viewers) = scene().await;
    let path = "/users/author/posts?limit=1";
    let pages = async || {
        let mut told = Vec::new();
        for viewer in &viewers {
            let answer = viewer.get(path).await;
            let page = answer.json();
            let items = page["items"].as_array().map(Vec::len);
            told.push((answer.status, items, page["next_cursor"].is_string()));
        }
        told
    };
    let (all_seen, more, none) = (
        (200, Some(1), false),
        (200, Some(1), true),
        (200, Some(0), false),
    );
    let not_found = (404, None, false);
    // Anyone, stranger, follower, blocked, author.
    let open = [all_seen, all_seen, more, not_found, more];
    assert_eq!(
        pages().await,
        open,
        "one public post and more for followers"
    );
    test.run("update profiles set is_private = true where user_id = 1")
        .await;
    let private = [none, none, more, not_found, more];
    assert_eq!(pages().await, private, "a private account");
    test.run("update blocks set blocker_id = blocked_id, blocked_id = blocker_id")
        .await;
    assert_eq!(pages().await, private, "blocks go both ways");
}

#[tokio::test]
async fn the_rule_is_planned_with_the_query_that_asks_it_and_looks_edges_up_by_their_keys() {
    let (test, _) = scene().await;
    let plan: Vec<String> = sqlx::query_scalar(
        "explain select id from visible_posts(2, false) as posts where id = any('{1, 2}')",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(!plan.contains("Function Scan"), "{plan}");
    assert!(!plan.contains("hashed"), "{plan}");
}
