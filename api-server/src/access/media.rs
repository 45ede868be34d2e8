//! Every kind of media URL under every kind of grant, for every attachment. The grants are created
//! as if issued earlier; the current state decides.

use shared::ids::{MediaId, SetId};
use shared::media::image::{PictureSet, StoredVariant};
use shared::media::store::{PublishedSet, insert_renditions, publish_picture, publish_set};
use shared::media::{FileOfMedia, FrameRate, Grant, Rendition, RenditionKind, Segment, VideoShape};

use super::scene::{
    AS_AVATAR, AS_COVER, CALLERS, FREE, LONG_REPLACED, OF_SECRET, ON_DELETED, ON_DRAFT,
    ON_FOLLOWERS, ON_PRIVATE, ON_PUBLIC, REPLACED, Scene,
};

const INIT: &str = "360p-deadbeef-init.mp4";
const SEGMENT: &str = "360p-deadbeef-00001.m4s";
const POSTER: &str = "poster-deadbeef.jpg";
/// Playlists, segments and the poster of a set: the same rule for all.
const FILES: [&str; 5] = ["master.m3u8", "360p.m3u8", INIT, SEGMENT, POSTER];
/// The variants of a picture, with the same rule.
const VARIANTS: [&str; 2] = ["thumb-deadbeef.jpg", "small-deadbeef.jpg"];

/// The callers who may read the files of a media item: under `p`, and under a grant for each caller
/// with a session, in the order of [`CALLERS`] from the stranger on.
type Expected = (bool, [bool; 7]);

const ADMIN: bool = true;

/// The owner, and an admin, who may also read unattached media.
const OWNERS: [bool; 7] = [false, false, false, true, ADMIN, false, false];

const PLACES: [(&str, &str, Expected); 11] = [
    (
        "a public post",
        ON_PUBLIC,
        (true, [true, false, true, true, true, false, false]),
    ),
    (
        "a post for followers",
        ON_FOLLOWERS,
        (false, [false, false, true, true, ADMIN, false, false]),
    ),
    ("a private post", ON_PRIVATE, (false, OWNERS)),
    (
        "a private account's post",
        OF_SECRET,
        (false, [false, false, true, false, ADMIN, false, false]),
    ),
    // Answers refer to it only under `p`, so only its owner gets another grant.
    ("a profile", AS_AVATAR, (true, OWNERS)),
    ("a profile, as its cover", AS_COVER, (true, OWNERS)),
    // Pages that still show it can load it for a day.
    ("a profile until an hour ago", REPLACED, (true, OWNERS)),
    (
        "a profile until the day before",
        LONG_REPLACED,
        (false, OWNERS),
    ),
    ("a draft", ON_DRAFT, (false, OWNERS)),
    ("a deleted post", ON_DELETED, (false, [false; 7])),
    ("nothing", FREE, (false, OWNERS)),
];

#[tokio::test]
async fn files_are_served_to_those_who_see_what_they_hang_on() {
    let scene = Scene::set().await;
    for place in PLACES {
        let set = publish(&scene, place.1.parse().unwrap()).await;
        assert_served(&scene, place, set, &FILES).await;
    }
}

#[tokio::test]
async fn variants_of_a_picture_are_served_to_those_who_see_what_it_hangs_on() {
    let scene = Scene::set().await;
    for place in PLACES {
        let set = publish_variants(&scene, place.1.parse().unwrap()).await;
        assert_served(&scene, place, set, &VARIANTS).await;
    }
}

/// Checks that every caller gets the files of the set and the source as the place allows.
async fn assert_served(
    scene: &Scene,
    (place, id, (to_anyone, expected)): (&str, &str, Expected),
    set: SetId,
    files: &[&str],
) {
    let media_id: MediaId = id.parse().unwrap();
    let now = scene.test.app.clock.now();
    let mut grants = vec![("anyone", Grant::Public, to_anyone)];
    for (number, is_served) in expected.into_iter().enumerate() {
        let client = &scene.callers[number + 1];
        let grant = Grant::for_session(client.session_id, now);
        grants.push((CALLERS[number + 1], grant, is_served));
    }
    // Only the owner gets the source, and never under a public URL.
    let owner = if id == OF_SECRET { "secret" } else { "owner" };
    for (who, grant, is_served) in grants {
        let files = files.iter().map(|file| (set.to_string(), *file, is_served));
        let source = ("source".to_owned(), "clip.mp4", is_served && who == owner);
        for (set, file, is_served) in files.chain([source]) {
            let address = scene.test.app.grants.address(
                grant,
                media_id,
                FileOfMedia {
                    set: &set,
                    name: file,
                },
            );
            let answer = scene.test.anon().fetch(&address).await;
            let status = if is_served { 200 } else { 404 };
            assert_eq!(answer.status, status, "{file} on {place} by {who}");
            let alias = format!("/media/{address}");
            let answer = scene.test.anon().fetch(&alias).await;
            assert_eq!(answer.status, 404, "{alias}");
        }
    }
}

#[tokio::test]
async fn a_grant_ends_with_what_it_was_given_for() {
    let scene = Scene::set().await;
    let media_id: MediaId = ON_FOLLOWERS.parse().unwrap();
    let set = publish(&scene, media_id).await.to_string();
    let app = &scene.test.app;
    let follower = Grant::for_session(scene.callers[3].session_id, app.clock.now());
    let address = app.grants.address(
        follower,
        media_id,
        FileOfMedia {
            set: &set,
            name: SEGMENT,
        },
    );
    for end in [
        "delete from follows",
        "update posts set visibility = 'private' where id = 2",
        "update posts set deleted_at = now() where id = 2",
        "insert into blocks (blocker_id, blocked_id)
            select owner.id, follower.id from users as owner, users as follower
            where owner.username = 'owner' and follower.username = 'follower'",
        "update users set state = 'suspended' where username = 'follower'",
    ] {
        scene.reset().await;
        scene
            .test
            .run("update users set state = 'active' where username = 'follower'")
            .await;
        publish_again(&scene, media_id, &set).await;
        assert_eq!(
            scene.test.anon().fetch(&address).await.status,
            200,
            "before: {end}"
        );
        scene.test.run(end).await;
        scene.test.forget_access();
        assert_eq!(
            scene.test.anon().fetch(&address).await.status,
            404,
            "after: {end}"
        );
    }
    let public = app.grants.address(
        Grant::Public,
        media_id,
        FileOfMedia {
            set: &set,
            name: SEGMENT,
        },
    );
    assert_eq!(scene.test.anon().fetch(&public).await.status, 404);
    let other: MediaId = FREE.parse().unwrap();
    let borrowed = address.replace(&media_id.to_string(), &other.to_string());
    assert_eq!(scene.test.anon().fetch(&borrowed).await.status, 404);
}

/// Publishes a set of the media item as a transcoder would.
async fn publish(scene: &Scene, media_id: MediaId) -> SetId {
    let set = write_files(scene, media_id, &[INIT, SEGMENT, POSTER]);
    publish_again(scene, media_id, &set.to_string()).await;
    set
}

/// Publishes the variants of a picture like a transcoder.
async fn publish_variants(scene: &Scene, media_id: MediaId) -> SetId {
    let set = write_files(scene, media_id, &VARIANTS);
    scene.test.run(COMPLETE).await;
    let variants = VARIANTS.map(|object| StoredVariant {
        name: object.split('-').next().unwrap().to_owned(),
        width: 320,
        height: 320,
        object: object.to_owned(),
    });
    let picture = PictureSet {
        set,
        width: 320,
        height: 320,
        blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned(),
        variants: variants.into(),
    };
    let mut connection = scene.test.database.pool.acquire().await.unwrap();
    let is_published = publish_picture(&mut connection, media_id, &picture).await;
    assert!(is_published.unwrap(), "{media_id}");
    set
}

/// Writes a new set with these files, and the source.
fn write_files(scene: &Scene, media_id: MediaId, names: &[&str]) -> SetId {
    let set = SetId::generate();
    let store = &scene.test.app.store;
    let folder = store.set(media_id, set);
    std::fs::create_dir_all(&folder).unwrap();
    for name in names {
        std::fs::write(folder.join(name), "bytes").unwrap();
    }
    std::fs::write(store.source(media_id.into()), "sent").unwrap();
    set
}

/// All uploads are complete.
const COMPLETE: &str = "
    update uploads set state = 'complete', finished_at = now() where state <> 'complete';
    update media set state = 'processing' where state = 'uploading'
";

/// The rows of a set whose files exist.
async fn publish_again(scene: &Scene, media_id: MediaId, set: &str) {
    scene.test.run(COMPLETE).await;
    let mut connection = scene.test.database.pool.acquire().await.unwrap();
    let set = set.parse().unwrap();
    insert_renditions(&mut connection, media_id, set, &[rendition()])
        .await
        .unwrap();
    let published = PublishedSet {
        set,
        dimensions: Some((640, 360)),
        duration_ms: 4000,
        poster: Some(POSTER.to_owned()),
    };
    let is_published = publish_set(&mut connection, media_id, &published).await;
    assert!(is_published.unwrap(), "{media_id}");
}

fn rendition() -> Rendition {
    let frame_rate = FrameRate {
        numerator: 30,
        denominator: 1,
    };
    let segment = Segment {
        object: SEGMENT.to_owned(),
        duration_us: 4_000_000,
        size_bytes: 5,
    };
    Rendition {
        name: "360p".to_owned(),
        kind: RenditionKind::Video,
        video: Some(VideoShape {
            width: 640,
            height: 360,
            frame_rate,
        }),
        bandwidth_bps: 800_000,
        average_bandwidth_bps: 700_000,
        codecs: "avc1.64001e".to_owned(),
        init_object: INIT.to_owned(),
        segments: vec![segment],
    }
}
