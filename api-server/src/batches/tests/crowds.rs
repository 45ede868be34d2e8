//! Two servers that change the same rows: their batches take turns.

use futures_util::future::join_all;
use serde_json::json;
use shared::ids::{CommentId, PostId, UserId};
use shared::testing::insert_user;
use shared::wake::WakeUp;

use crate::batches::Batches;
use crate::counters;
use crate::switches::Switch;
use crate::testing::TestApp;

const USERS: i64 = 64;
const ROUNDS: i64 = 6;

/// The user's switches of a post, a comment and two users, at one of the servers.
async fn switch_all(batches: &Batches, user_id: UserId, is_on: bool) {
    let switch = Switch { user_id, is_on };
    let (post, comment) = (PostId(1), CommentId(1));
    let (liked, comment_liked, followed, other_followed) = tokio::join!(
        batches.post_likes.submit(post, switch),
        batches.comment_likes.submit(comment, switch),
        batches.follows.submit(UserId(1), switch),
        batches.follows.submit(UserId(2), switch),
    );
    assert!(liked.unwrap() && comment_liked.unwrap());
    assert!(followed.unwrap() && other_followed.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counters_are_exact_when_64_users_switch_everything_on_and_off_at_two_servers() {
    let test = TestApp::start().await;
    let (ada, _) = (test.person("ada").await, test.person("bob").await);
    ada.write_post(json!({"text": "a post"})).await;
    let body = json!({"text": "a comment"});
    assert_eq!(ada.post("/posts/1/comments", &body).await.status, 201);
    let mut users = Vec::new();
    for number in 0..USERS {
        users.push(insert_user(&test.database.pool, &format!("user{number}")).await);
    }
    let other = Batches::new(&test.app.pool, &WakeUp::silent());
    let servers = [&test.app.batches, &other];
    let user = async |user_id: UserId| {
        for round in 0..ROUNDS {
            let server = usize::from((user_id.0 + round) % 2 != 0);
            // In the last round, every third user switches everything off.
            let is_on = (user_id.0 + round) % 3 != 0;
            switch_all(servers[server], user_id, is_on).await;
        }
    };
    join_all(users.into_iter().map(user)).await;
    let drift = counters::actions::report_drift(&test.database.pool).await;
    assert_eq!(drift.unwrap(), 0);
    let left = "select likes_count || ' ' || (select likes_count from comments)
        || ' ' || (select string_agg(followers_count::text, ' ' order by user_id)
            from profiles where user_id <= 2)
        from posts";
    let on = (3..3 + USERS)
        .filter(|id| (id + ROUNDS - 1) % 3 != 0)
        .count();
    assert_eq!(test.ask(left).await, [on.to_string().as_str(); 4].join(" "));
    let deadlocks = "select deadlocks::text from pg_stat_database
        where datname = current_database()";
    assert_eq!(test.ask(deadlocks).await, "0");
}
