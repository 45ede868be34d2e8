use serde_json::{Value, json};

use super::*;
use crate::{
    ephemeral::Redis,
    ids::{MediaId, PostId, UserId},
    testing::{TestDatabase, insert_media, insert_post, insert_user, test_redis, test_redis_url},
};

async fn stored(database: &TestDatabase) -> Vec<(Vec<String>, String, Value)> {
    sqlx::query_as("select topics, event, data from events order by id")
        .fetch_all(&database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_media_on_a_post_tells_both_topics_and_one_on_nothing_its_own() {
    let database = TestDatabase::create().await;
    let owner: UserId = insert_user(&database.pool, "ada").await;
    let post: PostId = insert_post(&database.pool, owner, "look").await;
    let [on_post, alone] = [MediaId::generate(), MediaId::generate()];
    insert_media(&database.pool, owner, on_post, Some(post)).await;
    insert_media(&database.pool, owner, alone, None).await;
    let mut connection = database.pool.acquire().await.unwrap();
    for media in [on_post, alone, MediaId::generate()] {
        let details = json!({"state": "ready"});
        insert_media_event(&mut connection, media, MediaEvent::Ready, &details)
            .await
            .unwrap();
    }
    let events = stored(&database).await;
    assert_eq!(events.len(), 2, "a deleted media item has no event");
    assert_eq!(
        events[0].0,
        [format!("media:{on_post}"), format!("post:{post}")]
    );
    let expected = json!({
        "state": "ready", "media_id": on_post.to_string(), "post_id": post.to_string(),
    });
    assert_eq!(events[0].2, expected);
    assert_eq!(events[1].0, [format!("media:{alone}")]);
    assert_eq!(events[1].2["post_id"], Value::Null);
}

#[tokio::test]
async fn a_post_tells_its_author_and_text_and_no_address() {
    let database = TestDatabase::create().await;
    insert_user(&database.pool, "bob").await;
    let owner = insert_user(&database.pool, "ada").await;
    let post = insert_post(&database.pool, owner, "hello").await;
    let mut connection = database.pool.acquire().await.unwrap();
    insert_post_created(&mut connection, post).await.unwrap();
    let events = stored(&database).await;
    assert_eq!(events[0].0, ["user:ada".to_owned(), format!("post:{post}")]);
    assert_eq!(events[0].2["author"]["username"], "ada");
    assert_eq!(events[0].2["text"], "hello");
    assert!(!events[0].2.to_string().contains('@'));
}

#[tokio::test]
async fn a_hint_reaches_those_who_listen_and_no_redis_is_no_error() {
    use futures_util::StreamExt;
    let stop = tokio_util::sync::CancellationToken::new();
    wake_up(&Redis::none(), stop.clone()).wake();
    let client = redis::Client::open(test_redis_url()).unwrap();
    let mut listener = client.get_async_pubsub().await.unwrap();
    listener.subscribe(CHANNEL).await.unwrap();
    wake_up(&test_redis(), stop.clone()).wake();
    let mut messages = listener.on_message();
    let hint = tokio::time::timeout(std::time::Duration::from_mins(1), messages.next());
    assert!(hint.await.unwrap().is_some());
    let gone = "redis://127.0.0.1:1".parse().unwrap();
    wake_up(&Redis::open(Some(&gone)).unwrap(), stop.clone()).wake();
    stop.cancel();
}
