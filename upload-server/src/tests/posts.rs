//! Uploads that name a post to attach to.

use shared::testing::insert_post;

use super::{Reply, Stage, creations::create, text};

/// Creates an upload of 8 bytes by another user, for `post`.
async fn create_as_stranger(stage: &Stage, post: &str) -> Reply {
    let on = format!("post_id {}", text(post));
    let headers = [("Upload-Length", "8"), ("Upload-Metadata", on.as_str())];
    stage.ask_as_stranger(("POST", "/files/"), &headers).await
}

#[tokio::test]
async fn a_post_takes_its_authors_media_only_and_twenty_of_them() {
    let stage = Stage::new().await;
    let post = insert_post(&stage.database.pool, stage.owner, "hello").await;
    let another = insert_post(&stage.database.pool, stage.owner, "another").await;
    let on = format!("post_id {}", text(&post.to_string()));
    for _ in 0..20 {
        let created = create(&stage, &on).await;
        assert_eq!(created.status, 201, "{created:?}");
    }
    let refused = create(&stage, &on).await;
    assert_eq!((refused.status, refused.code()), (422, "post_full"));
    let refused = create_as_stranger(&stage, &post.to_string()).await;
    assert_eq!((refused.status, refused.code()), (403, "post_not_yours"));
    for unknown in ["999999", "x", "-1"] {
        let refused = create(&stage, &format!("post_id {}", text(unknown))).await;
        assert_eq!((refused.status, refused.code()), (404, "post_not_found"));
    }
    let on = format!("post_id {}", text(&another.to_string()));
    assert_eq!(create(&stage, &on).await.status, 201, "each has its own 20");
    assert_eq!(stage.count("select count(*) from uploads").await, 21);
    let hung = "select count(*) from post_media where post_id = 1 and position < 20";
    assert_eq!(stage.count(hung).await, 20);
}

/// The owner's post is 1; the other user is 2.
#[tokio::test]
async fn anothers_post_is_403_where_one_sees_it_and_404_where_not() {
    let stage = Stage::new().await;
    insert_post(&stage.database.pool, stage.owner, "hello").await;
    let (seen, unseen) = ((403, "post_not_yours"), (404, "post_not_found"));
    for (change, expected) in [
        ("select", seen),
        ("update posts set visibility = 'followers'", unseen),
        (
            "insert into follows (follower_id, followee_id) values (2, 1)",
            seen,
        ),
        ("update posts set visibility = 'private'", unseen),
        ("update posts set visibility = 'public'", seen),
        ("update profiles set is_private = true", seen),
        ("delete from follows", unseen),
        ("update profiles set is_private = false", seen),
        (
            "insert into blocks (blocker_id, blocked_id) values (1, 2)",
            unseen,
        ),
        ("update blocks set blocker_id = 2, blocked_id = 1", unseen),
        ("delete from blocks", seen),
        ("update posts set published_at = null", unseen),
        ("update posts set published_at = now()", seen),
        ("update posts set deleted_at = now()", unseen),
    ] {
        stage.execute(change).await;
        let refused = create_as_stranger(&stage, "1").await;
        assert_eq!((refused.status, refused.code()), expected, "{change}");
    }
    let on = format!("post_id {}", text("1"));
    let refused = create(&stage, &on).await;
    assert_eq!(
        (refused.status, refused.code()),
        unseen,
        "their own, deleted"
    );
    assert_eq!(stage.count("select count(*) from uploads").await, 0);
}

#[tokio::test]
async fn whoever_names_anothers_post_neither_waits_for_it_nor_holds_it_up() {
    let stage = Stage::new().await;
    insert_post(&stage.database.pool, stage.owner, "hello").await;
    let mut liking = stage.database.pool.begin().await.unwrap();
    sqlx::query("update posts set likes_count = likes_count + 1")
        .execute(&mut *liking)
        .await
        .unwrap();
    let refused = create_as_stranger(&stage, "1").await;
    assert_eq!((refused.status, refused.code()), (403, "post_not_yours"));
    liking.commit().await.unwrap();
}

#[tokio::test]
async fn an_author_adds_to_a_post_whoever_sees_it() {
    let stage = Stage::new().await;
    insert_post(&stage.database.pool, stage.owner, "hello").await;
    let on = format!("post_id {}", text("1"));
    for change in [
        "update posts set visibility = 'followers'",
        "update posts set visibility = 'private'",
        "update posts set published_at = null",
        "update profiles set is_private = true",
    ] {
        stage.execute(change).await;
        assert_eq!(create(&stage, &on).await.status, 201, "{change}");
    }
}
