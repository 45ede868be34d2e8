//! Tests of accounts over HTTP.

mod mailboxes;
mod passwords;

use serde_json::json;

use crate::testing::{PASSWORD, TestApp, sign_up};

#[tokio::test]
async fn a_new_account_is_answered_as_its_owner_sees_it() {
    let test = TestApp::start().await;
    let answer = test.anon().post("/users", &sign_up("Ada.L")).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.headers["location"], "/api/v1/users/Ada.L");
    let mut me = answer.json();
    let created_at = me["created_at"].take();
    assert!(created_at.as_str().unwrap().ends_with('Z'), "{created_at}");
    let expected = json!({
        "id": "1",
        "username": "Ada.L",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "bio": "",
        "avatar_url": "/media/default/avatar.png",
        "cover_url": "/media/default/cover.png",
        "is_private": false,
        "followers_count": 0,
        "following_count": 0,
        "posts_count": 0,
        "created_at": null,
        "viewer": null,
        "email": "Ada.L@example.org",
        "role": "user",
    });
    assert_eq!(me, expected);
    let stored: (String, i64) = sqlx::query_as(
        "select password_hash, (select count(*) from profiles where user_id = id) from users",
    )
    .fetch_one(&test.database.pool)
    .await
    .unwrap();
    assert!(stored.0.starts_with("$argon2id$") && !stored.0.contains(PASSWORD));
    assert_eq!(stored.1, 1, "one profile");
}

#[tokio::test]
async fn a_taken_name_or_address_is_409_in_any_case_and_leaves_nothing() {
    let test = TestApp::start().await;
    test.person("ada").await;
    let mut name = sign_up("ADA");
    name["email"] = json!("other@example.org");
    let mut email = sign_up("other");
    email["email"] = json!("Ada@Example.org");
    for (body, code, pointer) in [
        (name, "username_taken", "/username"),
        (email, "email_taken", "/email"),
    ] {
        let answer = test.anon().post("/users", &body).await;
        assert_eq!(answer.refusal(), (409, code.to_owned()));
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let users: i64 = sqlx::query_scalar("select count(*) from users")
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(users, 1);
}

#[tokio::test]
async fn of_sign_ups_at_one_moment_with_one_address_or_name_one_is_made() {
    let test = TestApp::start().await;
    for (field, first, second, code) in [
        (
            "email",
            "Race@example.org",
            "rACE@EXAMPLE.org",
            "email_taken",
        ),
        ("username", "Racer", "rACER", "username_taken"),
    ] {
        let mut bodies = [sign_up(&format!("{field}1")), sign_up(&format!("{field}2"))];
        for (body, value) in bodies.iter_mut().zip([first, second]) {
            body[field] = json!(value);
        }
        let (one, other) = (test.anon(), test.anon());
        let answers = tokio::join!(
            one.post("/users", &bodies[0]),
            other.post("/users", &bodies[1])
        );
        let (made, refused) = match (answers.0.status, answers.1.status) {
            (201, _) => answers,
            _ => (answers.1, answers.0),
        };
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(refused.refusal(), (409, code.to_owned()));
    }
    let rows: (i64, i64) =
        sqlx::query_as("select (select count(*) from users), (select count(*) from profiles)")
            .fetch_one(&test.database.pool)
            .await
            .unwrap();
    assert_eq!(rows, (2, 2));
}

#[tokio::test]
async fn every_field_that_is_wrong_is_told_at_once() {
    let test = TestApp::start().await;
    let body = json!({
        "username": "-", "email": "nobody", "password": "1234567",
        "first_name": "", "last_name": "x".repeat(51),
    });
    let faults = test.anon().post("/users", &body).await.faults();
    let expected = [
        ("/username", "invalid_username"),
        ("/email", "invalid_email"),
        ("/first_name", "invalid_name"),
        ("/last_name", "invalid_name"),
        ("/password", "password_too_short"),
        ("/password", "password_numeric"),
        ("/password", "password_common"),
        ("/password", "password_too_weak"),
    ];
    assert_eq!(
        faults,
        expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
    );
    for nothing in ["", " ", "@", "ada@", "@example.org", "a b@example.org"] {
        let mut body = sign_up("ada");
        body["email"] = json!(nothing);
        let faults = test.anon().post("/users", &body).await.faults();
        assert_eq!(faults, [("/email".to_owned(), "invalid_email".to_owned())]);
    }
    let mut unknown = sign_up("ada");
    unknown["role"] = json!("admin");
    let faults = test.anon().post("/users", &unknown).await.faults();
    assert_eq!(faults, [("/role".to_owned(), "unknown_field".to_owned())]);
}

#[tokio::test]
async fn me_is_for_the_signed_in_and_shows_the_caller_among_others() {
    let test = TestApp::start().await;
    test.person("bob").await;
    let ada = test.person("ada").await;
    let me = ada.get("/me").await;
    assert_eq!((me.status, &me.json()["username"]), (200, &json!("ada")));
    assert_eq!(me.json()["email"], "ada@example.org");
    let answer = test.anon().get("/me").await;
    assert_eq!(answer.refusal(), (401, "token_missing".to_owned()));
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}
