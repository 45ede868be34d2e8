//! Editing and deleting posts with their media.

#![expect(clippy::indexing_slicing, reason = "the tests create what they index")]

use reqwest::Method;
use serde_json::{Value, json};
use shared::ids::MediaId;

use super::media;
use crate::testing::{Client, TestApp, send};

async fn text_of(test: &TestApp, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql)
        .fetch_all(&test.database.pool)
        .await
        .unwrap()
}

fn list(ids: &[MediaId]) -> Value {
    ids.iter().map(|id| json!({"upload_id": id})).collect()
}

fn shown(post: &Value) -> Vec<Value> {
    let media = post["media"].as_array().unwrap();
    media.iter().map(|media| media["id"].clone()).collect()
}

async fn posts_count(client: &Client) -> Value {
    client.get("/me").await.json()["posts_count"].clone()
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_moves_edited_at_with_the_content_alone() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "one"})).await;
    ada.write_post(json!({"text": "another"})).await;
    let before = ada.get("/posts/1").await.json();
    let same = ada.patch("/posts/1", &json!({"text": "one"})).await;
    assert_eq!((same.status, same.json()), (200, before.clone()));
    let hidden = ada
        .patch("/posts/1", &json!({"visibility": "private"}))
        .await
        .json();
    assert_eq!(
        (&hidden["visibility"], &hidden["edited_at"]),
        (&json!("private"), &Value::Null)
    );
    assert_eq!(posts_count(&ada).await, 1);
    let edited = ada
        .patch(
            "/posts/1",
            &json!({"text": "two", "visibility": "followers"}),
        )
        .await;
    let edited = edited.json();
    assert_eq!(edited["text"], "two");
    assert!(edited["edited_at"].is_string() && edited["created_at"] == before["created_at"]);
    assert_eq!(ada.get("/posts/1").await.json(), edited);
    assert_eq!(posts_count(&ada).await, 2);
    assert_eq!(ada.get("/posts/2").await.json()["text"], "another");
    let told = "select coalesce(data ->> 'text', '') from events where event = 'post.edited'
        order by id";
    assert_eq!(text_of(&test, told).await, ["one", "two"]);
}

#[tokio::test]
async fn the_media_of_a_patch_are_the_whole_new_list() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let [a, b, c, d] = [
        media(&test, &ada).await,
        media(&test, &ada).await,
        media(&test, &ada).await,
        media(&test, &ada).await,
    ];
    ada.write_post(json!({"media": list(&[a, b, c])})).await;
    let patch =
        json!({"media": [{"upload_id": c, "alt": "sea"}, {"upload_id": d}, {"upload_id": a}]});
    let answer = ada.patch("/posts/1", &patch).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let post = answer.json();
    assert_eq!(shown(&post), [json!(c), json!(d), json!(a)]);
    assert_eq!(post["media"][0]["alt"], "sea");
    assert!(post["edited_at"].is_string());
    assert_eq!(
        ada.get(&format!("/media/{b}")).await.status,
        404,
        "left out is deleted"
    );
    let ended = text_of(
        &test,
        "select id::text from uploads where state = 'terminated'",
    )
    .await;
    assert_eq!(ended, [b.to_string()]);
    let jobs = text_of(
        &test,
        "select payload ->> 'media_id' from jobs where kind = 'purge'",
    )
    .await;
    assert_eq!(jobs, [b.to_string()]);
    let none = ada.patch("/posts/1", &json!({"media": []})).await;
    assert_eq!(none.faults(), [("/text".to_owned(), "required".to_owned())]);
    assert_eq!(
        shown(&ada.get("/posts/1").await.json()).len(),
        3,
        "nothing is half done"
    );
}

#[tokio::test]
async fn nobody_adds_to_or_edits_anothers_post() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let (adas, bobs) = (media(&test, &ada).await, media(&test, &bob).await);
    ada.write_post(json!({"text": "x", "media": list(&[adas])}))
        .await;
    ada.write_post(json!({"text": "y", "visibility": "private"}))
        .await;
    for patch in [
        json!({"text": "mine now"}),
        json!({"media": list(&[bobs])}),
        json!({"media": [], "text": "z"}),
    ] {
        assert_eq!(
            bob.patch("/posts/1", &patch).await.refusal(),
            (403, "forbidden".to_owned())
        );
        assert_eq!(bob.patch("/posts/2", &patch).await.refusal().0, 404);
        assert_eq!(test.anon().patch("/posts/1", &patch).await.refusal().0, 401);
    }
    assert_eq!(bob.delete("/posts/1").await.refusal().0, 403);
    assert_eq!(bob.delete("/posts/2").await.refusal().0, 404);
    assert_eq!(test.anon().delete("/posts/1").await.refusal().0, 401);
    let named = bob
        .post("/posts", &json!({"text": "x", "author_id": ada.user_id}))
        .await;
    assert_eq!(
        named.faults(),
        [("/author_id".to_owned(), "unknown_field".to_owned())]
    );
    let foreign = ada
        .patch("/posts/1", &json!({"media": list(&[adas, bobs])}))
        .await;
    assert_eq!(
        foreign.faults()[0],
        ("/media/1/upload_id".to_owned(), "unknown_upload".to_owned())
    );
    let post = ada.get("/posts/1").await.json();
    assert_eq!(
        (&post["text"], shown(&post)),
        (&json!("x"), vec![json!(adas)])
    );
    assert_eq!(bob.get(&format!("/media/{bobs}")).await.status, 200);
}

#[tokio::test]
async fn what_hangs_elsewhere_cannot_be_taken_by_a_patch() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let taken = media(&test, &ada).await;
    ada.write_post(json!({"media": list(&[taken])})).await;
    ada.write_post(json!({"text": "two"})).await;
    let answer = ada
        .patch("/posts/2", &json!({"media": list(&[taken])}))
        .await;
    assert_eq!(answer.refusal(), (409, "media_in_use".to_owned()));
    for (patch, pointer, code) in [
        (json!({"text": ""}), "/text", "required"),
        (json!({"text": null}), "/text", "wrong_type"),
        (json!({"text": "a\u{0}"}), "/text", "invalid_text"),
        (json!({"text": "ü".repeat(5001)}), "/text", "too_long"),
        (
            json!({"media": list(&[taken, taken])}),
            "/media/1/upload_id",
            "duplicate",
        ),
        (json!({"likes_count": 9}), "/likes_count", "unknown_field"),
    ] {
        let faults = ada.patch("/posts/2", &patch).await.faults();
        assert_eq!(faults, [(pointer.to_owned(), code.to_owned())], "{patch}");
    }
    assert_eq!(ada.delete("/posts/1").await.status, 204);
    let gone = json!({"media": list(&[taken])});
    assert_eq!(
        ada.patch("/posts/2", &gone).await.faults(),
        [("/media/0/upload_id".to_owned(), "unknown_upload".to_owned())],
        "it went with its post"
    );
    let picture = json!({"upload_id": taken});
    let request = ada.request(Method::PUT, "/api/v1/me/avatar");
    let fault = ("/upload_id".to_owned(), "unknown_upload".to_owned());
    assert_eq!(send(request.json(&picture)).await.faults(), [fault]);
}

#[tokio::test]
async fn a_private_account_writes_nothing_public() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    ada.write_post(json!({"text": "before"})).await;
    test.run("update profiles set is_private = true").await;
    let expected = [("/visibility".to_owned(), "private_account".to_owned())];
    assert_eq!(
        ada.post("/posts", &json!({"text": "x"})).await.faults(),
        expected
    );
    ada.write_post(json!({"text": "x", "visibility": "followers"}))
        .await;
    let public = json!({"visibility": "public"});
    assert_eq!(ada.patch("/posts/2", &public).await.faults(), expected);
    let kept = ada.patch("/posts/1", &json!({"text": "edited"})).await;
    assert_eq!(
        kept.status, 200,
        "what was public before stays as it is: {kept:?}"
    );
}

#[tokio::test]
async fn a_deleted_post_is_gone_for_all_at_once_and_ends_what_was_made_for_it() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let [open, worked_on] = [media(&test, &ada).await, media(&test, &ada).await];
    ada.write_post(json!({"text": "x", "media": list(&[open, worked_on])}))
        .await;
    ada.write_post(json!({"text": "stays"})).await;
    sqlx::query(
        "with done as (
            update uploads set state = 'complete', finished_at = now() where id = $1
        )
        insert into jobs (id, kind, unique_key, media_id, state, leased_until, lease_token)
        values ($1, 'transcode', 'x', $1, 'running', now() + interval '1 min', $1)",
    )
    .bind(worked_on)
    .execute(&test.database.pool)
    .await
    .unwrap();
    assert_eq!(ada.delete("/posts/1").await.status, 204);
    for path in [
        "/posts/1",
        &format!("/media/{open}"),
        &format!("/media/{worked_on}"),
    ] {
        assert_eq!(ada.get(path).await.refusal().0, 404, "{path}");
    }
    assert_eq!(ada.delete("/posts/1").await.refusal().0, 404);
    assert_eq!(
        ada.patch("/posts/1", &json!({"text": "y"}))
            .await
            .refusal()
            .0,
        404
    );
    assert_eq!(posts_count(&ada).await, 1);
    let states = "select state || ' ' || epoch from uploads order by id";
    assert_eq!(text_of(&test, states).await, ["terminated 2", "complete 1"]);
    let jobs = "select kind || ' ' || state || ' ' || (run_after > now() + interval '23 h')
        from jobs order by kind";
    assert_eq!(
        text_of(&test, jobs).await,
        ["purge queued true", "transcode cancelled false"]
    );
    let told = "select topics[2] from events where event = 'post.deleted'";
    assert_eq!(text_of(&test, told).await, ["post:1"]);
}

#[tokio::test]
async fn an_admin_reads_and_deletes_by_address_and_edits_nothing() {
    let test = TestApp::start().await;
    let (ada, root) = (test.person("ada").await, test.person("root").await);
    let hung = media(&test, &ada).await;
    ada.write_post(json!({"text": "x", "visibility": "private", "media": list(&[hung])}))
        .await;
    assert_eq!(root.get("/posts/1").await.status, 404);
    test.run("update users set role = 'admin' where username = 'root'")
        .await;
    for _ in 0..2 {
        assert_eq!(root.get("/posts/1").await.json()["text"], "x");
        assert_eq!(root.get(&format!("/media/{hung}")).await.status, 200);
    }
    let list = root.get("/users/ada/posts").await.json();
    assert_eq!(list["items"], json!([]), "lists are as for anyone");
    assert_eq!(
        root.patch("/posts/1", &json!({"text": "y"}))
            .await
            .refusal()
            .0,
        403
    );
    assert_eq!(root.get("/posts/9").await.refusal().0, 404);
    assert_eq!(
        root.patch("/posts/9", &json!({"text": "y"}))
            .await
            .refusal()
            .0,
        404
    );
    assert_eq!(root.delete("/posts/1").await.status, 204);
    assert_eq!(
        root.get("/posts/1").await.refusal().0,
        404,
        "deleted is gone for admins too"
    );
    let recorded = "select action || ' ' || subject_kind || ' ' || subject_id from audit_log
        order by id";
    assert_eq!(
        text_of(&test, recorded).await,
        ["admin.read post 1", "post.deleted post 1"]
    );
}

#[tokio::test]
async fn two_edits_and_a_delete_at_once_end_in_an_order() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    for round in 1..=5 {
        let [a, b, c] = [
            media(&test, &ada).await,
            media(&test, &ada).await,
            media(&test, &ada).await,
        ];
        let path = format!(
            "/posts/{}",
            ada.write_post(json!({"media": list(&[a])})).await
        );
        let (one, two) = (
            json!({"media": list(&[b, c])}),
            json!({"media": list(&[c, b, a])}),
        );
        let like = format!("{path}/like");
        let (one, two, like, gone) = tokio::join!(
            ada.patch(&path, &one),
            ada.patch(&path, &two),
            bob.put(&like),
            ada.delete(&path),
        );
        assert_eq!(gone.status, 204, "{gone:?}");
        assert!([204, 404].contains(&like.status), "{like:?}");
        for edit in [one, two] {
            // The second edit may name media that the first one removed, which gives 422.
            assert!(
                [200, 404, 422].contains(&edit.status),
                "round {round}: {edit:?}"
            );
        }
        assert_eq!(ada.get(&path).await.status, 404);
    }
    assert_eq!(posts_count(&ada).await, 0);
    let drifted = "select id::text from posts where likes_count <> (
        select count(*) from post_likes where post_id = posts.id)";
    assert!(text_of(&test, drifted).await.is_empty());
}

#[tokio::test]
async fn one_deletes_ones_own_media_that_hang_on_nothing() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let [hung, hidden, free] = [
        media(&test, &ada).await,
        media(&test, &ada).await,
        media(&test, &ada).await,
    ];
    ada.write_post(json!({"media": list(&[hung])})).await;
    ada.write_post(json!({"visibility": "private", "media": list(&[hidden])}))
        .await;
    let [hung, hidden, address] = [hung, hidden, free].map(|id| format!("/media/{id}"));
    for (client, path, status) in [
        (&ada, &hung, 403),
        (&bob, &hung, 403),
        (&bob, &hidden, 404),
        (&bob, &address, 404),
        (&test.anon(), &address, 401),
        (&ada, &address, 204),
        (&ada, &address, 404),
    ] {
        assert_eq!(client.delete(path).await.status, status, "{path}");
    }
    let uploads = "select id::text from uploads where state = 'terminated' and epoch = 2";
    assert_eq!(text_of(&test, uploads).await, [free.to_string()]);
    let jobs = "select payload ->> 'media_id' from jobs where kind = 'purge'";
    assert_eq!(text_of(&test, jobs).await, [free.to_string()]);
}
