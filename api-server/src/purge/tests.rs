//! Complete and interrupted purges.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use std::time::Duration;

use serde_json::json;
use shared::ids::MediaId;
use shared::testing::insert_media;

use super::actions::purge;
use crate::testing::TestApp;

async fn count(test: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&test.database.pool)
        .await
        .unwrap()
}

/// All rows of posts and of everything that belongs to them.
const ROWS: &str = "select (select count(*) from posts) + (select count(*) from comments)
    + (select count(*) from comment_likes) + (select count(*) from post_likes)
    + (select count(*) from media) + (select count(*) from uploads)";

/// Post 1 has a media item with its files, 1,200 comments with a like each, and 30 likes; post 2
/// has one of each.
async fn scene() -> (TestApp, [MediaId; 2]) {
    let test = TestApp::start().await;
    // The objects have no renditions.
    test.leave_files();
    let ada = test.person("ada").await;
    let ids = [MediaId::generate(), MediaId::generate()];
    for id in ids {
        insert_media(&test.database.pool, ada.user_id, id, None).await;
        let store = &test.app.store;
        std::fs::create_dir_all(store.media(id).join("set")).unwrap();
        std::fs::write(store.media(id).join("set/object.m4s"), "x").unwrap();
        std::fs::write(store.source(id.into()), "x").unwrap();
        std::fs::write(store.ready(id.into()), "").unwrap();
        ada.write_post(json!({"text": "x", "media": [{"upload_id": id}]}))
            .await;
    }
    test.run(
        "insert into users (username, email, password_hash)
        select 'u' || n, 'u' || n || '@example.org', '' from generate_series(1, 30) n;
        insert into post_likes (post_id, user_id) select 1, id from users;
        insert into post_likes (post_id, user_id) values (2, 1);
        insert into comments (post_id, author_id, text) select 1, 1, n from generate_series(1, 1200) n;
        update comments set parent_id = id - 1 where id % 3 <> 1;
        insert into comments (post_id, author_id, text) values (2, 1, 'stays');
        insert into comment_likes (comment_id, user_id) select id, 1 from comments",
    )
    .await;
    (test, ids)
}

async fn next_job(test: &TestApp) -> Option<serde_json::Value> {
    sqlx::query_scalar(
        "update jobs set state = 'done' where id = (
            select id from jobs where kind = 'purge' and state = 'queued' order by id limit 1
        ) returning payload",
    )
    .fetch_optional(&test.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_purge_cut_short_anywhere_goes_on_and_leaves_the_others_alone() {
    let (test, [gone, stays]) = scene().await;
    let ada = test.person("eve").await;
    test.run("update users set role = 'admin' where username = 'eve'")
        .await;
    assert_eq!(ada.delete("/posts/1").await.status, 204);
    let before = count(&test, ROWS).await;
    let (mut cuts, mut patience) = (0, Duration::from_micros(200));
    while let Some(payload) = next_job(&test).await {
        // Interrupts the purge at any of its steps, like a kill, and starts it again.
        while tokio::time::timeout(patience, purge(&test.app, &payload))
            .await
            .map(Result::unwrap)
            .is_err()
        {
            cuts += 1;
            patience = patience * 5 / 4;
        }
    }
    assert!(cuts > 3, "it was cut short {cuts} times");
    assert_eq!(
        before - count(&test, ROWS).await,
        1 + 1200 + 1200 + 31 + 1 + 1
    );
    let store = &test.app.store;
    for (id, is_there) in [(gone, false), (stays, true)] {
        for path in [
            store.media(id),
            store.source(id.into()),
            store.ready(id.into()),
        ] {
            assert_eq!(path.exists(), is_there, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn what_was_not_deleted_is_not_purged() {
    let (test, [media, _]) = scene().await;
    let before = count(&test, ROWS).await;
    for payload in [
        json!({"post_id": "1"}),
        json!({"media_id": media}),
        json!({"post_id": "9"}),
    ] {
        purge(&test.app, &payload).await.unwrap();
    }
    assert!(purge(&test.app, &json!({})).await.is_err());
    assert_eq!(count(&test, ROWS).await, before);
    assert!(test.app.store.source(media.into()).exists());
}
