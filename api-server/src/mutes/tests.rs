//! Tests of mutes over HTTP.

use serde_json::json;

use crate::testing::TestApp;

#[tokio::test]
async fn a_mute_is_set_and_unset_and_only_the_muter_sees_it() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    ada.put("/users/bob/follow").await;
    for _ in 0..2 {
        assert_eq!(ada.put("/users/bob/mute").await.status, 204);
    }
    let user = ada.get("/users/bob").await.json();
    let flags = (&user["viewer"]["muting"], &user["viewer"]["following"]);
    assert_eq!(
        flags,
        (&json!(true), &json!(true)),
        "still followed, still seen"
    );
    for (client, name) in [(&bob, "ada"), (&eve, "bob"), (&ada, "eve")] {
        let user = client.get(&format!("/users/{name}")).await.json();
        assert_eq!(user["viewer"]["muting"], false);
    }
    for _ in 0..2 {
        assert_eq!(ada.delete("/users/bob/mute").await.status, 204);
    }
    assert_eq!(
        ada.get("/users/bob").await.json()["viewer"]["muting"],
        false
    );
    let answer = ada.put("/users/ada/mute").await;
    assert_eq!(answer.refusal(), (422, "own_account".to_owned()));
    assert_eq!(ada.put("/users/nobody/mute").await.status, 404);
    assert_eq!(ada.delete("/users/nobody/mute").await.status, 404);
}

#[tokio::test]
async fn a_mute_is_taken_back_though_its_person_is_not_seen_any_more() {
    let test = TestApp::start().await;
    let (ada, bob) = (test.person("ada").await, test.person("bob").await);
    let eve = test.person("eve").await;
    for muter in [&ada, &eve] {
        muter.put("/users/bob/mute").await;
    }
    assert_eq!(bob.put("/users/ada/block").await.status, 204);
    assert_eq!(ada.get("/users/bob").await.status, 404);
    assert_eq!(ada.delete("/users/BOB/mute").await.status, 204);
    bob.delete("/users/ada/block").await;
    for (muter, muting) in [(&ada, false), (&eve, true)] {
        let user = muter.get("/users/bob").await.json();
        assert_eq!(user["viewer"]["muting"], muting);
    }
}

#[tokio::test]
async fn a_list_of_mutes_is_the_callers_own_in_pages_newest_first() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for name in ["bob", "cyd", "dan"] {
        let other = test.person(name).await;
        ada.put(&format!("/users/{name}/mute")).await;
        other.put("/users/ada/mute").await;
    }
    test.run(
        "insert into blocks (blocker_id, blocked_id)
        select a.id, b.id from users a, users b where a.username = 'cyd' and b.username = 'ada'",
    )
    .await;
    let page = ada.get("/mutes?limit=1").await.json();
    assert_eq!(page["items"][0]["username"], "dan");
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = ada.get(&format!("/mutes?cursor={cursor}")).await.json();
    assert_eq!(page["items"][0]["username"], "bob", "cyd is not seen");
    assert_eq!(page["next_cursor"], json!(null));
    let answer = ada.get(&format!("/blocks?cursor={cursor}")).await;
    assert_eq!(answer.refusal(), (422, "invalid_cursor".to_owned()));
}
