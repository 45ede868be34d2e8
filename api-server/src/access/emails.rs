//! Only the owner of an e-mail address gets it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use super::scene::Scene;
use super::table;
use crate::routes;

/// These answers contain the owner's own address.
const OWN: [&str; 3] = ["create_user", "get_me", "update_me"];

#[tokio::test]
async fn no_answer_tells_an_address_but_to_its_owner() {
    let scene = Scene::set().await;
    let (mut read, mut empty) = (0, lists());
    for row in table::rows() {
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
                let json = answer.json();
                assert!(!has_key(&json, "email"), "{path}: {text}");
                if json["items"].get(0).is_some() {
                    empty.remove(row.operation_id);
                }
                read += 1;
            }
        }
    }
    assert!(read > 40, "only {read} answers were looked at");
    assert!(empty.is_empty(), "nobody was in {empty:?}");
}

fn lists() -> BTreeSet<&'static str> {
    let routes = routes::all().into_iter();
    let names = routes.map(|route| route.operation_id);
    names.filter(|name| name.starts_with("list_")).collect()
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
