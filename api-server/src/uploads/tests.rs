//! Tests of uploads over HTTP.

use serde_json::{Value, json};
use shared::ids::MediaId;
use shared::testing::insert_media;

use crate::testing::TestApp;

#[tokio::test]
async fn an_upload_is_shown_to_its_owner_with_what_came_so_far() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let (id, other) = (MediaId::generate(), MediaId::generate());
    insert_media(&test.database.pool, bob.user_id, other, None).await;
    insert_media(&test.database.pool, ada.user_id, id, None).await;
    let path = format!("/uploads/{id}");
    let shown = |state: &str, offset: u64| json!({"id": id, "state": state, "offset": offset, "length": 4, "expires_at": Value::Null});
    assert_eq!(ada.get(&path).await.json(), shown("open", 0));
    std::fs::write(test.app.store.source(id.into()), "abc").unwrap();
    assert_eq!(ada.get(&path).await.json(), shown("open", 3));
    test.run("update uploads set expires_at = now() + interval '1 day'")
        .await;
    assert!(ada.get(&path).await.json()["expires_at"].is_string());
    test.run("update uploads set known_offset = 4, state = 'complete', finished_at = now()")
        .await;
    assert_eq!(ada.get(&path).await.json(), shown("complete", 4));
    for state in [
        "update uploads set state = 'terminated', finished_at = null",
        "update uploads set state = 'condemned'",
    ] {
        test.run(state).await;
        assert_eq!(ada.get(&path).await.json()["state"], "terminated");
    }
    let epochs: Vec<i64> = sqlx::query_scalar("select distinct epoch from uploads")
        .fetch_all(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(epochs, [1], "looking takes nothing from the writer");
    assert_eq!(bob.get(&path).await.refusal().0, 404);
    assert_eq!(test.anon().get(&path).await.refusal().0, 401);
    let unknown = format!("/uploads/{}", MediaId::generate());
    assert_eq!(ada.get(&unknown).await.refusal().0, 404);
}
