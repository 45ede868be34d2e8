//! Tests of posts over HTTP.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

mod changes;
mod pages;
mod visibility;

use serde_json::{Value, json};
use shared::ids::MediaId;
use shared::testing::insert_media;

use crate::testing::{Client, TestApp};

/// A media item of `owner` whose upload is still open.
async fn media(test: &TestApp, owner: &Client) -> MediaId {
    let id = MediaId::generate();
    insert_media(&test.database.pool, owner.user_id, id, None).await;
    id
}

#[tokio::test]
async fn a_post_is_answered_whole_and_read_back_the_same() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let media_id = media(&test, &ada).await;
    let body = json!({
        "text": "look",
        "visibility": "public",
        "media": [{"upload_id": media_id, "alt": "a cat"}],
    });
    let answer = ada.post("/posts", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.headers["location"], "/api/v1/posts/1");
    let mut post = answer.json();
    let read = ada.get("/posts/1").await;
    assert_eq!(read.json(), post);
    assert!(post["created_at"].take().is_string());
    let expected = json!({
        "id": "1",
        "author": {
            "id": ada.user_id, "username": "ada", "first_name": "Ada", "last_name": "Example",
            "avatar_url": "/media/default/avatar.png",
        },
        "text": "look",
        "visibility": "public",
        "media": [{
            "id": media_id, "kind": "video", "state": "uploading", "progress": null,
            "error": null, "width": null, "height": null, "duration_ms": null, "alt": "a cat",
            "blurhash": null, "poster_url": null,
            "playback": {"hls_url": null, "source_url": null}, "renditions": [], "variants": [],
        }],
        "likes_count": 0, "comments_count": 0, "reposts_count": 0,
        "liked": false, "bookmarked": false, "reposted": false,
        "created_at": null, "edited_at": null,
    });
    assert_eq!(post, expected);
}

#[tokio::test]
async fn media_keep_their_order_and_hang_on_one_post_only() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let [a, b, c] = [
        media(&test, &ada).await,
        media(&test, &ada).await,
        media(&test, &ada).await,
    ];
    let list =
        |ids: &[MediaId]| -> Value { ids.iter().map(|id| json!({"upload_id": id})).collect() };
    let post = ada
        .post("/posts", &json!({"media": list(&[c, a, b])}))
        .await
        .json();
    let ids: Vec<_> = post["media"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].clone())
        .collect();
    assert_eq!(ids, [json!(c), json!(a), json!(b)]);
    let again = ada
        .post("/posts", &json!({"text": "x", "media": list(&[b])}))
        .await;
    assert_eq!(again.refusal(), (409, "media_in_use".to_owned()));
    assert_eq!(again.json()["errors"][0]["pointer"], "/media/0/upload_id");
    let posts: i64 = sqlx::query_scalar("select count(*) from posts")
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(posts, 1, "a refused post leaves nothing");
}

#[tokio::test]
async fn of_two_posts_that_want_the_same_media_at_once_one_gets_them() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for _ in 0..5 {
        let ids = [media(&test, &ada).await, media(&test, &ada).await];
        let list = |ids: [MediaId; 2]| json!({"media": ids.map(|id| json!({"upload_id": id}))});
        let (one, other) = (list(ids), list([ids[1], ids[0]]));
        let (one, other) = tokio::join!(ada.post("/posts", &one), ada.post("/posts", &other));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{one:?} {other:?}");
    }
}

#[tokio::test]
async fn anothers_and_unknown_media_are_422_with_a_pointer_each() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let own = media(&test, &ada).await;
    let theirs = media(&test, &bob).await;
    let body = json!({"media": [
        {"upload_id": own}, {"upload_id": theirs}, {"upload_id": MediaId::generate()},
    ]});
    let faults = ada.post("/posts", &body).await.faults();
    let expected = ["/media/1/upload_id", "/media/2/upload_id"];
    assert_eq!(
        faults,
        expected.map(|at| (at.to_owned(), "unknown_upload".to_owned()))
    );
    let free: Option<String> = sqlx::query_scalar("select attached_as from media where id = $1")
        .bind(own)
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(free, None, "the claim is undone");
    let body = json!({"media": [{"upload_id": own}, {"upload_id": own}]});
    assert_eq!(ada.post("/posts", &body).await.faults()[0].1, "duplicate");
    let body = json!({"media": [{"upload_id": "nonsense"}]});
    assert_eq!(
        ada.post("/posts", &body).await.faults()[0].0,
        "/media/0/upload_id"
    );
}

#[tokio::test]
async fn the_bounds_of_a_post_are_told_with_pointers() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let many: Vec<_> = (0..21)
        .map(|_| json!({"upload_id": MediaId::generate()}))
        .collect();
    let alt = json!([{"upload_id": MediaId::generate(), "alt": "ü".repeat(1501)}]);
    for (body, pointer, code) in [
        (json!({}), "/text", "required"),
        (json!({"text": " \n"}), "/text", "required"),
        (json!({"text": "\u{200b}\u{2800}"}), "/text", "required"),
        (json!({"text": "ü".repeat(5001)}), "/text", "too_long"),
        (json!({"text": "a\u{0}"}), "/text", "invalid_text"),
        (json!({"text": "a\u{202e}b"}), "/text", "invalid_text"),
        (
            json!({"text": "x", "visibility": "friends"}),
            "/visibility",
            "unknown_value",
        ),
        (
            json!({"text": "x", "visibility": 1}),
            "/visibility",
            "wrong_type",
        ),
        (
            json!({"text": "x", "visibility": {"public": null}}),
            "/visibility",
            "wrong_type",
        ),
        (json!({"text": "x", "media": many}), "/media", "too_many"),
        (json!({"media": alt}), "/media/0/alt", "too_long"),
        (json!({"text": "x", "id": "7"}), "/id", "unknown_field"),
    ] {
        let faults = ada.post("/posts", &body).await.faults();
        assert_eq!(faults, [(pointer.to_owned(), code.to_owned())]);
    }
    assert_eq!(
        ada.post("/posts", &json!({"text": "ü".repeat(5000)}))
            .await
            .status,
        201
    );
    assert_eq!(
        test.anon()
            .post("/posts", &json!({"text": "x"}))
            .await
            .refusal()
            .0,
        401
    );
}

#[tokio::test]
async fn a_post_is_read_by_those_who_may_see_it() {
    let test = TestApp::start().await;
    let (ada, bob, anon) = (
        test.person("ada").await,
        test.person("bob").await,
        test.anon(),
    );
    for (body, others) in [
        (json!({"text": "x"}), 200),
        (json!({"text": "x", "visibility": "followers"}), 404),
        (json!({"text": "x", "visibility": "private"}), 404),
    ] {
        let path = format!("/posts/{}", ada.write_post(body.clone()).await);
        assert_eq!(ada.get(&path).await.status, 200, "{body}");
        assert_eq!(bob.get(&path).await.status, others, "{body}");
        assert_eq!(anon.get(&path).await.status, others, "{body}");
    }
    test.run("update profiles set is_private = true").await;
    assert_eq!(anon.get("/posts/1").await.status, 404, "a private account");
    assert_eq!(ada.get("/posts/1").await.status, 200);
    test.run("update profiles set is_private = false").await;
    test.run("update users set state = 'suspended' where username = 'ada'")
        .await;
    assert_eq!(anon.get("/posts/1").await.status, 404, "a suspended author");
    test.run("update users set state = 'active'; update posts set deleted_at = now()")
        .await;
    assert_eq!(ada.get("/posts/1").await.status, 404, "deleted");
    for path in [
        "/posts/0",
        "/posts/01",
        "/posts/x",
        "/posts/99999999999999999999",
    ] {
        assert_eq!(
            anon.get(path).await.refusal(),
            (404, "not_found".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_post_counts_and_tells_unless_it_is_private() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for body in [
        json!({"text": "a"}),
        json!({"text": "b", "visibility": "followers"}),
        json!({"text": "c", "visibility": "private"}),
    ] {
        ada.write_post(body).await;
    }
    assert_eq!(ada.get("/me").await.json()["posts_count"], 2);
    let told: Vec<String> = sqlx::query_scalar(
        "select data ->> 'text' from events where event = 'post.created' order by id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(told, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_users_posts_come_newest_first_and_others_see_the_public_ones() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    bob.write_post(json!({"text": "not ada's"})).await;
    for (text, visibility) in [("1", "public"), ("2", "private"), ("3", "public")] {
        ada.write_post(json!({"text": text, "visibility": visibility}))
            .await;
    }
    ada.write_post(json!({"text": "unpublished"})).await;
    test.run("update posts set published_at = null where text = 'unpublished'")
        .await;
    let texts = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|post| post["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        texts(&ada.get("/users/ada/posts").await.json()),
        ["3", "2", "1"]
    );
    assert_eq!(texts(&bob.get("/users/ADA/posts").await.json()), ["3", "1"]);
    assert_eq!(
        texts(&test.anon().get("/users/ada/posts").await.json()),
        ["3", "1"]
    );
    assert_eq!(
        test.anon().get("/users/nobody/posts").await.refusal().0,
        404
    );
}

#[tokio::test]
async fn a_post_has_no_drafts() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let refused = ada
        .post("/posts", &json!({"text": "x", "draft": true}))
        .await;
    let expected = ("/draft".to_owned(), "unknown_field".to_owned());
    assert_eq!(refused.faults(), [expected]);
}
