//! The caching headers of answers: every GET of the table, for every caller who gets an answer.

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::header::HeaderMap;

use super::scene::{CALLERS, Scene};
use super::{Row, send, table};
use crate::testing::Answer;

async fn ask(scene: &Scene, row: &Row, caller: usize, (method, tag): (Method, &str)) -> Answer {
    let path = format!("/api/v1{}", row.path);
    let request = scene.callers[caller].request(method, &path);
    send(request.header("if-none-match", tag)).await
}

fn told<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let values = headers.get_all(name).iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

/// The fault of an answer to a client without a copy and to one with a current copy.
async fn faults(scene: &Scene, row: &Row, caller: usize) -> Vec<String> {
    let mut faults = Vec::new();
    let first = ask(scene, row, caller, (Method::GET, "\"of another\"")).await;
    let tag = told(&first.headers, "etag").concat();
    if first.status != 200 || !tag.starts_with("W/\"") {
        faults.push(format!("{} with the tag {tag:?}", first.status));
    }
    for (method, known, status) in [
        (Method::HEAD, "\"of another\"", 200),
        (Method::GET, tag.as_str(), 304),
        (Method::HEAD, tag.as_str(), 304),
    ] {
        let answer = ask(scene, row, caller, (method.clone(), known)).await;
        if (answer.status, answer.text.as_str()) != (status, "") {
            faults.push(format!("{method} is not {status}: {answer:?}"));
        }
        for (name, expected) in [
            ("etag", tag.as_str()),
            ("cache-control", "private, no-cache"),
        ] {
            if told(&answer.headers, name) != [expected] {
                faults.push(format!("{method} {name}: {answer:?}"));
            }
        }
        if !told(&answer.headers, "vary").contains(&"Authorization") {
            faults.push(format!("{method} vary: {answer:?}"));
        }
    }
    faults
}

#[tokio::test]
async fn every_get_is_kept_for_its_caller_alone_and_304_while_nothing_changes() {
    let scene = Scene::set().await;
    let (mut wrong, mut asked) = (Vec::new(), BTreeSet::new());
    for row in table::rows().iter().filter(|row| row.method == Method::GET) {
        for (caller, who) in CALLERS.iter().enumerate() {
            if row.expected(caller) != 200 {
                continue;
            }
            asked.insert(row.operation_id);
            let faults = faults(&scene, row, caller).await;
            wrong.extend(
                faults
                    .iter()
                    .map(|fault| format!("{} by {who}: {fault}", row.path)),
            );
        }
    }
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
    let routes = crate::routes::all();
    let gets = routes.iter().filter(|route| route.method == Method::GET);
    assert_eq!(asked, gets.map(|route| route.operation_id).collect());
}

#[tokio::test]
async fn what_changes_has_another_tag_and_what_is_refused_has_none() {
    let scene = Scene::set().await;
    let [stranger, owner] = [1, 4].map(|caller| &scene.callers[caller]);
    let tag = |answer: &Answer| told(&answer.headers, "etag").concat();
    let before = stranger.get("/posts/1").await;
    assert_eq!(tag(&before), tag(&owner.get("/posts/1").await));
    stranger.put("/posts/1/like").await;
    let after = stranger.get("/posts/1").await;
    assert_ne!(tag(&before), tag(&after));
    // The count is the same for both, but the viewer's own flag differs.
    assert_ne!(tag(&after), tag(&owner.get("/posts/1").await));
    let refused = stranger.get("/posts/3").await;
    assert_eq!((refused.status, tag(&refused)), (404, String::new()));
}
