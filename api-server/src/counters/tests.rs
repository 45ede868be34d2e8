//! Counters that are right and counters that are not.

use serde_json::json;

use super::actions::report_drift;
use super::store::list_drift;
use crate::testing::TestApp;

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
    let mut connection = test.database.pool.acquire().await.unwrap();
    assert_eq!(report_drift(&mut connection).await.unwrap(), 0);
    test.run(
        "insert into comments (post_id, author_id, text, likes_count, replies_count)
        values (1, 2, 'a comment', 1, 1);
        update posts set likes_count = 7 where id = 2;
        update profiles set followers_count = 9, following_count = 9, posts_count = 9
        where user_id = 2",
    )
    .await;
    for (counter, rows) in list_drift(&mut connection).await.unwrap() {
        assert_eq!(rows, 1, "{counter}");
    }
    assert_eq!(report_drift(&mut connection).await.unwrap(), 7);
}
