//! Tests of the language of the search.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use serde_json::json;

use super::*;
use crate::testing::{Client, TestApp};

/// The texts that a search finds.
async fn found(client: &Client, q: &str) -> Vec<String> {
    let page = client.get(&format!("/search?q={q}")).await.json();
    let items = page["items"].as_array().unwrap().iter();
    let text = items.map(|post| post["text"].as_str().unwrap().to_owned());
    text.collect()
}

#[tokio::test]
async fn a_changed_language_changes_which_word_forms_are_found() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    for text in ["rabbits", "Häuser"] {
        ada.write_post(json!({"text": text})).await;
    }
    for (language, rabbits, houses) in [
        ("english", 1, 0),
        ("simple", 0, 0),
        ("german", 1, 1),
        ("german", 1, 1),
        ("english", 1, 0),
    ] {
        set_language(&test.app.pool, language).await.unwrap();
        assert_eq!(found(&ada, "rabbit").await.len(), rabbits, "{language}");
        assert_eq!(found(&ada, "haus").await.len(), houses, "{language}");
        assert_eq!(found(&ada, "Rabbits").await, ["rabbits"], "{language}");
        assert_eq!(found(&ada, "h%C3%A4user").await, ["Häuser"], "{language}");
    }
    let refused = set_language(&test.app.pool, "klingon").await.unwrap_err();
    assert!(refused.to_string().contains("english"), "{refused}");
    assert_eq!(found(&ada, "rabbit").await.len(), 1);
}
