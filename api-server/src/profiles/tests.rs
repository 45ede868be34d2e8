//! Tests of profiles over HTTP.

mod forms;
mod pictures;
mod visibility;

use serde_json::json;

use crate::testing::{TestApp, send};

#[tokio::test]
async fn a_profile_is_for_anyone_and_never_tells_the_address() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let nothing = json!({
        "following": false, "followed_by": false, "follow_requested": false, "muting": false,
    });
    for (client, viewer) in [
        (&test.anon(), json!(null)),
        (&ada, json!(null)),
        (&bob, nothing),
    ] {
        let answer = client.get("/users/ADA").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let user = answer.json();
        assert_eq!(
            (&user["username"], &user["viewer"]),
            (&json!("ada"), &viewer)
        );
        assert_eq!(user["id"], ada.user_id.to_string());
        assert!(!answer.text.contains("example.org"), "{answer:?}");
    }
}

#[tokio::test]
async fn who_is_unknown_suspended_or_deleted_is_404() {
    let test = TestApp::start().await;
    test.person("ada").await;
    test.person("sue").await;
    test.person("dee").await;
    test.run("update users set state = 'suspended' where username = 'sue'")
        .await;
    test.run("update users set state = 'deleted' where username = 'dee'")
        .await;
    for path in [
        "/users/nobody",
        "/users/sue",
        "/users/dee",
        "/users/a%00",
        "/users/%ff",
    ] {
        assert_eq!(
            test.anon().get(path).await.refusal(),
            (404, "not_found".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_bad_token_is_401_on_public_routes_too() {
    let test = TestApp::start().await;
    let mut ada = test.person("ada").await;
    ada.token = Some("nonsense".to_owned());
    assert_eq!(
        ada.get("/users/ada").await.refusal(),
        (401, "token_invalid".to_owned())
    );
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_only_the_callers_profile() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let before = bob.get("/users/bob").await.json();
    let bio = "ü".repeat(500);
    let answer = ada
        .patch("/me", &json!({"first_name": "Augusta", "bio": bio}))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let me = answer.json();
    assert_eq!(me, ada.get("/me").await.json());
    assert_eq!(
        (&me["first_name"], &me["bio"]),
        (&json!("Augusta"), &json!(bio))
    );
    let kept = (&me["last_name"], &me["is_private"], &me["email"]);
    assert_eq!(
        kept,
        (&json!("Example"), &json!(false), &json!("ada@example.org"))
    );
    let me = ada
        .patch("/me", &json!({"is_private": true, "bio": ""}))
        .await
        .json();
    assert_eq!(
        (&me["first_name"], &me["bio"]),
        (&json!("Augusta"), &json!(""))
    );
    assert_eq!(
        me,
        ada.patch("/me", &json!({})).await.json(),
        "nothing named"
    );
    assert_eq!(bob.get("/users/ada").await.json()["is_private"], true);
    assert_eq!(bob.get("/users/bob").await.json(), before);
}

#[tokio::test]
async fn a_text_is_stored_normalized_and_counted_after_that() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let sent = "e\u{301}\r\n".repeat(250);
    let answer = ada.patch("/me", &json!({"bio": sent})).await;
    assert_eq!(answer.json()["bio"], "\u{e9}\n".repeat(250), "{answer:?}");
    let flag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
    let answer = ada.patch("/me", &json!({"bio": flag.repeat(100)})).await;
    assert_eq!(
        answer.faults(),
        [("/bio".to_owned(), "too_long".to_owned())]
    );
    assert!(answer.text.contains("has 700"), "{answer:?}");
    let answer = ada.patch("/me", &json!({"first_name": "a\u{202e}"})).await;
    assert_eq!(answer.faults()[0].1, "invalid_name");
    assert!(answer.text.contains("U+202E"), "{answer:?}");
}

#[tokio::test]
async fn a_patch_with_a_fault_changes_nothing_and_tells_each() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let before = ada.get("/me").await.text;
    let long = "x".repeat(501);
    for (body, expected) in [
        (
            json!({"first_name": "", "last_name": "x".repeat(51), "bio": long, "is_private": true}),
            vec![
                ("/first_name", "invalid_name"),
                ("/last_name", "invalid_name"),
                ("/bio", "too_long"),
            ],
        ),
        (json!({"bio": "a\u{0}b"}), vec![("/bio", "invalid_text")]),
        (
            json!({"first_name": null}),
            vec![("/first_name", "wrong_type")],
        ),
        (
            json!({"is_private": null, "bio": "x"}),
            vec![("/is_private", "wrong_type")],
        ),
        (
            json!({"is_private": "yes"}),
            vec![("/is_private", "wrong_type")],
        ),
        (
            json!({"bio": "x", "email": "a@b"}),
            vec![("/email", "unknown_field")],
        ),
        (json!({"role": "admin"}), vec![("/role", "unknown_field")]),
        (json!([]), vec![("", "wrong_type")]),
    ] {
        let faults = ada.patch("/me", &body).await.faults();
        let expected: Vec<_> = expected
            .iter()
            .map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!(faults, expected, "{body}");
    }
    assert_eq!(ada.get("/me").await.text, before);
}

#[tokio::test]
async fn a_patch_is_json_or_a_merge_patch_and_nothing_else() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for (kind, status) in [
        ("application/json", 200),
        ("application/merge-patch+json", 200),
        ("application/json-patch+json", 415),
        ("text/plain", 415),
    ] {
        let request = ada
            .request(reqwest::Method::PATCH, "/api/v1/me")
            .header("content-type", kind)
            .body(r#"{"bio": "x"}"#);
        assert_eq!(send(request).await.status, status, "{kind}");
    }
}

#[tokio::test]
async fn a_private_accounts_profile_is_public_and_its_posts_read_as_for_followers() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let post = ada.write_post(json!({"text": "hello"})).await;
    let post = format!("/posts/{post}");
    assert_eq!(bob.get(&post).await.status, 200);
    ada.patch("/me", &json!({"is_private": true})).await;
    for client in [&bob, &test.anon()] {
        assert_eq!(client.get("/users/ada").await.json()["is_private"], true);
        assert_eq!(client.get(&post).await.status, 404);
    }
    bob.put("/users/ada/follow").await;
    assert_eq!(bob.get(&post).await.status, 404, "asking is not following");
    ada.put("/follow-requests/bob").await;
    assert_eq!(bob.get(&post).await.status, 200);
    bob.delete("/users/ada/follow").await;
    assert_eq!(bob.get(&post).await.status, 404);
    ada.patch("/me", &json!({"is_private": false})).await;
    assert_eq!(bob.get(&post).await.status, 200, "decided when it is read");
}

#[tokio::test]
async fn an_admin_reads_any_profile_by_its_address_and_that_is_recorded_once() {
    let test = TestApp::start().await;
    let (root, bob) = (test.person("root").await, test.person("bob").await);
    let (sue, ada) = (test.person("sue").await, test.person("ada").await);
    test.person("dee").await;
    test.run(
        "update users set role = 'admin' where username = 'root';
        update users set state = 'suspended' where username = 'sue';
        update users set state = 'deleted' where username = 'dee';
        insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b where a.username = 'ada' and b.username = 'root'",
    )
    .await;
    for _ in 0..2 {
        for (name, status) in [("sue", 200), ("ada", 200), ("bob", 200), ("dee", 404)] {
            let answer = root.get(&format!("/users/{name}")).await;
            assert_eq!(answer.status, status, "{name}");
        }
    }
    assert_eq!(bob.get("/users/sue").await.status, 404);
    let recorded: Vec<(i64, String, String)> =
        sqlx::query_as("select actor_id, subject_kind, subject_id from audit_log order by id")
            .fetch_all(&test.database.pool)
            .await
            .unwrap();
    let row = |id: shared::ids::UserId| (root.user_id.0, "user".to_owned(), id.to_string());
    assert_eq!(
        recorded,
        [row(sue.user_id), row(ada.user_id)],
        "what others read is not"
    );
}
