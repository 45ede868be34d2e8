//! Media that their owner can still attach.

use serde_json::json;
use shared::ids::MediaId;

use super::published;
use crate::media::store;
use crate::testing::TestApp;

#[tokio::test]
async fn only_ones_own_media_that_went_with_no_post_and_were_not_replaced_are_usable() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(published(&test, &ada).await);
    }
    let (free, hung, gone, replaced) = (ids[0], ids[1], ids[2], ids[3]);
    ids.push(published(&test, &bob).await);
    ada.write_post(json!({"media": [{"upload_id": hung}]}))
        .await;
    let post = ada
        .write_post(json!({"media": [{"upload_id": gone}]}))
        .await;
    assert_eq!(ada.delete(&format!("/posts/{post}")).await.status, 204);
    let mut connection = test.database.pool.acquire().await.unwrap();
    store::mark_replaced(&mut connection, replaced, true)
        .await
        .unwrap();
    let usable = store::list_usable_media(&mut connection, ada.user_id, &ids).await;
    let usable: Vec<_> = usable
        .unwrap()
        .into_iter()
        .map(|media| (media.id, media.is_attached))
        .collect();
    assert_eq!(usable.len(), 2, "{usable:?}");
    assert!(
        usable.contains(&(free, false)) && usable.contains(&(hung, true)),
        "{usable:?}"
    );
    let lock = async |connection: &mut _, id: MediaId| {
        let locked = store::lock_usable_media(connection, ada.user_id, id).await;
        locked.unwrap().map(|media| media.id)
    };
    for (position, id) in ids.iter().enumerate() {
        let expected = Some(*id).filter(|_| position < 2);
        assert_eq!(lock(&mut connection, *id).await, expected, "{position}");
    }
}
