//! Tests of e-mail addresses in several spellings.

#![expect(clippy::indexing_slicing, reason = "a test's own steps must work")]

use serde_json::json;

use crate::accounts::actions::complete_mailboxes;
use crate::testing::{PASSWORD, TestApp, sign_up};

/// The user who signs in with this login; `None` if the login is refused.
async fn signed_in(test: &TestApp, login: &str) -> Option<String> {
    let body = json!({"login": login, "password": PASSWORD});
    let answer = test.anon().post("/sessions", &body).await;
    if answer.status == 401 {
        return None;
    }
    assert_eq!(answer.status, 201, "{login}: {answer:?}");
    let me = test.holder(&answer.json()["access_token"]).get("/me").await;
    me.json()["username"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn every_spelling_of_a_mailbox_is_one_account() {
    let test = TestApp::start().await;
    let people = [
        (
            "zoe",
            [
                "Zo\u{eb}@BÜCHER.example",
                "zoe\u{308}@bücher.example",
                "ZO\u{cb}@xn--bcher-kva.EXAMPLE",
            ],
        ),
        (
            "ilk",
            [
                "\u{130}lk@example.org",
                "I\u{307}LK@example.org",
                "i\u{307}lk@EXAMPLE.org",
            ],
        ),
    ];
    for (name, spellings) in people {
        for (number, spelling) in spellings.iter().enumerate() {
            let mut body = sign_up(&format!("{name}{number}"));
            body["email"] = json!(spelling);
            let answer = test.anon().post("/users", &body).await;
            if number == 0 {
                assert_eq!(answer.status, 201, "{answer:?}");
            } else {
                assert_eq!(answer.refusal(), (409, "email_taken".to_owned()));
            }
        }
        for spelling in spellings {
            let expected = Some(format!("{name}0"));
            assert_eq!(signed_in(&test, spelling).await, expected, "{spelling}");
        }
    }
    assert_eq!(signed_in(&test, "zoe@bücher.example").await, None);
    assert_eq!(signed_in(&test, "ilk@example.org").await, None);
}

#[tokio::test]
async fn accounts_of_older_releases_get_mailboxes_and_keep_their_own_spelling_if_two_have_one() {
    let test = TestApp::start().await;
    for name in ["ascii", "composed", "unicode", "punycode"] {
        test.anon().post("/users", &sign_up(name)).await;
    }
    test.run(
        "update users set mailbox = null, email = case username
            when 'ascii' then 'Ascii@example.org'
            when 'composed' then U&'zoe\\0308@example.org'
            when 'unicode' then U&'ada@b\\00fccher.example'
            else 'ada@xn--bcher-kva.example'
        end",
    )
    .await;
    assert_eq!(complete_mailboxes(&test.app).await.unwrap(), 3);
    assert_eq!(complete_mailboxes(&test.app).await.unwrap(), 0);
    for (login, expected) in [
        ("ascii@EXAMPLE.org", Some("ascii")),
        ("ZO\u{cb}@example.org", Some("composed")),
        ("ada@bücher.example", Some("unicode")),
        ("ada@xn--bcher-kva.example", Some("punycode")),
        ("ADA@BÜCHER.EXAMPLE", Some("punycode")),
        ("ada@bucher.example", None),
    ] {
        let found = signed_in(&test, login).await;
        assert_eq!(found.as_deref(), expected, "{login}");
    }
}
