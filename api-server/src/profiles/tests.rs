//! Profiles through the whole server.

use serde_json::json;

use crate::testing::TestApp;

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
