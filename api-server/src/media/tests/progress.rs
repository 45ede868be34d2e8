//! Transcoding progress, which only the owner sees.

use std::time::Duration;

use serde_json::{Value, json};
use shared::ids::MediaId;
use shared::media::Progress;
use shared::testing::insert_media;

use super::media_of;
use crate::testing::{Client, TestApp};

const SECOND: Duration = Duration::from_secs(1);

/// A media item of `owner` that is being transcoded.
async fn processing(test: &TestApp, owner: &Client) -> MediaId {
    let id = MediaId::generate();
    insert_media(&test.database.pool, owner.user_id, id, None).await;
    sqlx::query("update media set state = 'processing' where id = $1")
        .bind(id)
        .execute(&test.database.pool)
        .await
        .unwrap();
    id
}

async fn set_progress(test: &TestApp, id: MediaId) {
    let progress = Progress::encoding(SECOND, Some(4 * SECOND), SECOND);
    assert!(test.app.progress.set(id, progress).await);
}

#[tokio::test]
async fn only_the_owner_is_told_how_far_the_work_is() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let (id, other) = (processing(&test, &ada).await, processing(&test, &ada).await);
    let expected = json!({"stage": "encoding", "percent": 25.0, "eta_ms": 3_000});
    set_progress(&test, id).await;
    assert_eq!(media_of(&ada, id).await["progress"], expected);
    assert_eq!(media_of(&ada, other).await["progress"], Value::Null);

    let media = json!([{"upload_id": other}, {"upload_id": id}]);
    let post = ada.write_post(json!({"media": media})).await;
    for path in [
        format!("/posts/{post}"),
        "/users/ada/posts".to_owned(),
        "/feeds/public".to_owned(),
    ] {
        let told = async |client: &Client| {
            let answer = client.get(&path).await.json();
            let post = answer["items"].get(0).cloned().unwrap_or(answer);
            [0, 1].map(|position| post["media"][position]["progress"].clone())
        };
        assert_eq!(told(&ada).await, [Value::Null, expected.clone()], "{path}");
        assert_eq!(told(&bob).await, [Value::Null, Value::Null], "{path}");
        assert_eq!(
            told(&test.anon()).await,
            [Value::Null, Value::Null],
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_media_that_nobody_works_on_has_no_progress() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let id = MediaId::generate();
    insert_media(&test.database.pool, ada.user_id, id, None).await;
    set_progress(&test, id).await;
    let media = media_of(&ada, id).await;
    assert_eq!(
        (&media["state"], &media["progress"]),
        (&json!("uploading"), &Value::Null)
    );
}
