use super::*;
use crate::{
    ids::UserId,
    testing::{TestDatabase, insert_media, insert_user},
};

/// Two media items of two users: a change of one must not touch the other.
async fn two_media(database: &TestDatabase) -> [MediaId; 2] {
    let owners: [UserId; 2] = [
        insert_user(&database.pool, "ada").await,
        insert_user(&database.pool, "bob").await,
    ];
    let media = [MediaId::generate(), MediaId::generate()];
    for (owner, media) in owners.into_iter().zip(media) {
        insert_media(&database.pool, owner, media, None).await;
    }
    sqlx::query("update media set state = 'processing'")
        .execute(&database.pool)
        .await
        .unwrap();
    media
}

fn rendition(name: &str, video: Option<VideoShape>) -> Rendition {
    let segment = |number: u64| Segment {
        object: format!("{name}-0badcafe-{number:05}.m4s"),
        duration_us: 4_000_000 + number,
        size_bytes: 1000,
    };
    Rendition {
        name: name.to_owned(),
        kind: if video.is_some() {
            RenditionKind::Video
        } else {
            RenditionKind::Audio
        },
        video,
        bandwidth_bps: 2_000_000,
        average_bandwidth_bps: 1_500_000,
        codecs: "avc1.64001f".to_owned(),
        init_object: format!("{name}-0badcafe-init.mp4"),
        segments: vec![segment(1), segment(2)],
    }
}

fn shape(height: u32) -> VideoShape {
    let frame_rate = FrameRate {
        numerator: 30_000,
        denominator: 1001,
    };
    VideoShape {
        width: height * 16 / 9,
        height,
        frame_rate,
    }
}

fn published(set: SetId) -> PublishedSet {
    let poster = Some("poster-0badcafe.jpg".to_owned());
    PublishedSet {
        set,
        dimensions: Some((1280, 720)),
        duration_ms: 8000,
        poster,
    }
}

async fn state_of(database: &TestDatabase, media: MediaId) -> String {
    sqlx::query_scalar("select state from media where id = $1")
        .bind(media.0)
        .fetch_one(&database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn renditions_come_back_as_they_were_inserted_and_only_those_of_the_set() {
    let database = TestDatabase::create().await;
    let [media, other] = two_media(&database).await;
    let [set, older] = [SetId::generate(), SetId::generate()];
    let mut connection = database.pool.acquire().await.unwrap();
    let rows = [
        rendition("1080p", Some(shape(1080))),
        rendition("720p", Some(shape(720))),
        rendition("audio", None),
    ];
    for (media, set) in [(media, set), (media, older), (other, set)] {
        insert_renditions(&mut connection, media, set, &rows)
            .await
            .unwrap();
    }
    insert_renditions(&mut connection, media, older, &rows[..1])
        .await
        .unwrap();
    assert_eq!(
        list_renditions(&mut connection, media, set).await.unwrap(),
        rows
    );
    let unknown = list_renditions(&mut connection, media, SetId::generate())
        .await
        .unwrap();
    assert_eq!(unknown, []);
}

#[tokio::test]
async fn a_set_is_published_once_and_for_its_media_only() {
    let database = TestDatabase::create().await;
    let [media, other] = two_media(&database).await;
    let set = published(SetId::generate());
    let mut connection = database.pool.acquire().await.unwrap();
    assert!(publish_set(&mut connection, media, &set).await.unwrap());
    assert!(!publish_set(&mut connection, media, &set).await.unwrap());
    assert!(
        !fail_media(&mut connection, media, FailureCode::Truncated)
            .await
            .unwrap()
    );
    assert_eq!(state_of(&database, media).await, "ready");
    assert_eq!(state_of(&database, other).await, "processing");
}

#[tokio::test]
async fn a_failed_media_has_a_code_and_a_sentence_and_is_never_published() {
    let database = TestDatabase::create().await;
    let [media, other] = two_media(&database).await;
    let mut connection = database.pool.acquire().await.unwrap();
    assert!(
        fail_media(&mut connection, media, FailureCode::Empty)
            .await
            .unwrap()
    );
    let set = published(SetId::generate());
    assert!(!publish_set(&mut connection, media, &set).await.unwrap());
    let told: (String, String, String) =
        sqlx::query_as("select state, error_code, error_detail from media where id = $1")
            .bind(media.0)
            .fetch_one(&database.pool)
            .await
            .unwrap();
    let expected = ("failed", "empty", FailureCode::Empty.text());
    assert_eq!(
        (told.0.as_str(), told.1.as_str(), told.2.as_str()),
        expected
    );
    assert_eq!(state_of(&database, other).await, "processing");
}

#[tokio::test]
async fn the_named_objects_of_a_media_are_those_of_all_its_sets_and_its_poster() {
    let database = TestDatabase::create().await;
    let [media, other] = two_media(&database).await;
    let set = published(SetId::generate());
    let mut connection = database.pool.acquire().await.unwrap();
    insert_renditions(&mut connection, media, set.set, &[rendition("audio", None)])
        .await
        .unwrap();
    publish_set(&mut connection, media, &set).await.unwrap();
    insert_renditions(
        &mut connection,
        other,
        set.set,
        &[rendition("360p", Some(shape(360)))],
    )
    .await
    .unwrap();
    let mut objects = list_named_objects(&mut connection, media).await.unwrap();
    objects.sort();
    let expected = [
        "audio-0badcafe-00001.m4s",
        "audio-0badcafe-00002.m4s",
        "audio-0badcafe-init.mp4",
        "poster-0badcafe.jpg",
    ];
    assert_eq!(objects, expected);
}
