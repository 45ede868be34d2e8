use reqwest::Method;
use serde_json::json;
use shared::ephemeral::Redis;

use super::*;
use crate::testing::{Answer, TestApp, send};

async fn page(test: &TestApp, path: &str) -> Answer {
    send(test.anon().request(Method::GET, path)).await
}

fn has(page: &Answer, name: &str, content: &str) -> bool {
    page.text
        .contains(&format!("=\"{name}\" content=\"{content}\" />"))
}

#[tokio::test]
async fn a_public_post_describes_itself_and_escapes_its_text() {
    let test = TestApp::start().await;
    test.build_web_client();
    let ada = test.person("ada").await;
    let quoted = "\"Quoted\" & <script>alert('1')</script>\n\nsecond line";
    let id = ada.write_post(json!({"text": quoted})).await;
    let answer = page(&test, &format!("/p/{id}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-cache");
    let escaped = "&quot;Quoted&quot; &amp; &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;";
    assert!(
        has(&answer, "og:description", &format!("{escaped} second line")),
        "{}",
        answer.text
    );
    assert!(has(&answer, "og:url", &format!("{}/p/{id}", test.url)));
    assert!(has(&answer, "og:type", "article"));
    assert_eq!(answer.text.matches("<title>").count(), 1);
    assert!(!answer.text.contains("<script>"), "{}", answer.text);
    let tag = answer.headers["etag"].to_str().unwrap();
    let again = test.anon().request(Method::GET, &format!("/p/{id}"));
    assert_eq!(send(again.header("if-none-match", tag)).await.status, 304);
}

#[tokio::test]
async fn a_profile_describes_itself() {
    let test = TestApp::start().await;
    test.build_web_client();
    let ada = test.person("ada").await;
    ada.patch("/me", &json!({"bio": "I write\nprograms."}))
        .await;
    let answer = page(&test, "/u/ADA").await;
    assert_eq!(answer.status, 200);
    assert!(has(&answer, "og:description", "I write programs."));
    assert!(has(&answer, "og:url", &format!("{}/u/ada", test.url)));
    let picture = format!("{}/media/default/avatar.png", test.url);
    assert!(has(&answer, "og:image", &picture), "{}", answer.text);
}

#[tokio::test]
async fn what_not_everyone_may_see_looks_like_what_does_not_exist() {
    let test = TestApp::start().await;
    test.build_web_client();
    let ada = test.person("ada").await;
    test.person("eve").await;
    let none = page(&test, "/p/7").await;
    assert_eq!(none.status, 404);
    for visibility in ["followers", "private"] {
        let post = json!({"text": "secret", "visibility": visibility});
        let id = ada.write_post(post).await;
        let answer = page(&test, &format!("/p/{id}")).await;
        assert_eq!((answer.status, &answer.text), (404, &none.text));
        // The token of a program adds nothing: pages are the same for all.
        let own = send(ada.request(Method::GET, &format!("/p/{id}"))).await;
        assert_eq!(own.status, 404);
    }
    let open = ada.write_post(json!({"text": "public"})).await;
    ada.patch("/me", &json!({"is_private": true})).await;
    assert_eq!(page(&test, &format!("/p/{open}")).await.status, 404);
    assert_eq!(page(&test, "/u/eve").await.status, 200);
    test.run("update users set state = 'suspended' where username = 'eve'")
        .await;
    assert_eq!(page(&test, "/u/eve").await.status, 404);
}

#[tokio::test]
async fn pages_count_as_requests_and_lose_only_their_tags() {
    let limits = |app: &mut App| {
        let quotas = crate::http::Quotas {
            anonymous: 2,
            signed_in: 9,
            writes: 9,
            sign_ups: 9,
        };
        app.limiter = crate::http::Limiter::new(Some(quotas), Redis::none(), |_| ());
    };
    let test = TestApp::start_with(limits).await;
    test.build_web_client();
    let found = [(); 4].map(|()| page(&test, "/p/7"));
    let mut statuses: Vec<u16> = Vec::new();
    for answer in found {
        statuses.push(answer.await.status);
    }
    assert_eq!(statuses, [404, 404, 200, 200]);
}

#[test]
fn texts_are_shortened_at_characters() {
    assert_eq!(shortened("ä b\n c", 5), "ä b c");
    assert_eq!(shortened("äöü äöü", 5), "äöü…");
    assert_eq!(shortened(&"x".repeat(9), 5), "xxxx…");
}
