//! No e-mail address but to its owner.

use reqwest::Method;
use serde_json::Value;

use super::scene::Scene;

/// These answer the owner's own address.
const OWN: [&str; 3] = ["create_user", "get_me", "update_me"];

#[tokio::test]
async fn no_answer_tells_an_address_but_to_its_owner() {
    let scene = Scene::set().await;
    let mut read = 0;
    for row in scene.rows() {
        for caller in 0..scene.callers.len() {
            scene.reset().await;
            let answer = row.ask(&scene, caller).await;
            if OWN.contains(&row.operation_id) {
                continue;
            }
            let (path, text) = (row.path, &answer.text);
            assert!(
                !text.contains("@example.org"),
                "{} {path}: {text}",
                row.method
            );
            if row.method == Method::GET && answer.status == 200 {
                assert!(!has_key(&answer.json(), "email"), "{path}: {text}");
                read += 1;
            }
        }
    }
    assert!(read > 40, "only {read} answers were looked at");
}

fn has_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(map) => {
            map.contains_key(key) || map.values().any(|value| has_key(value, key))
        }
        Value::Array(items) => items.iter().any(|value| has_key(value, key)),
        _ => false,
    }
}
