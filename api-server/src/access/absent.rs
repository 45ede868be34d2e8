//! Features that this version does not have: no route answers for them, and no document or field
//! mentions them.

use reqwest::Method as M;
use serde_json::json;

use super::scene::{CALLERS, Scene};
use super::{digests, table};
use crate::openapi;
use crate::openapi::conformance::fits;
use crate::routes;
use crate::testing::send;

const ABSENT: [(M, &str); 33] = [
    (M::PUT, "/posts/1/bookmark"),
    (M::DELETE, "/posts/1/bookmark"),
    (M::PUT, "/posts/1/repost"),
    (M::DELETE, "/posts/1/repost"),
    (M::GET, "/posts/1/history"),
    (M::GET, "/tags/words/posts"),
    (M::GET, "/trending"),
    (M::GET, "/bookmarks"),
    (M::GET, "/notifications"),
    (M::GET, "/notifications/unread-count"),
    (M::PUT, "/notifications/read-marker"),
    (M::GET, "/notification-settings"),
    (M::PATCH, "/notification-settings"),
    (M::POST, "/reports"),
    (M::POST, "/media/01990000-0000-7000-8000-000000000004/retry"),
    (M::GET, "/admin/users"),
    (M::POST, "/admin/users/owner/suspend"),
    (M::GET, "/admin/reports"),
    (M::POST, "/email-verifications"),
    (M::POST, "/email-verifications/a-token"),
    (M::GET, "/email-verifications/a-token"),
    (M::POST, "/password-resets"),
    (M::POST, "/password-resets/a-token"),
    (M::PUT, "/password-resets/a-token"),
    (M::GET, "/me/totp"),
    (M::POST, "/me/totp"),
    (M::DELETE, "/me/totp"),
    (M::GET, "/me/export"),
    (M::POST, "/me/export"),
    (M::PUT, "/me/email"),
    (M::PATCH, "/me/email"),
    (M::GET, "/realtime"),
    (M::GET, "/events?topics=feed"),
];

/// The path exists for other methods.
const OTHER_METHODS: [(M, &str, &str); 1] = [(M::DELETE, "/me", "GET, PATCH, HEAD")];

#[tokio::test]
async fn what_is_not_there_is_404_to_everyone() {
    let scene = Scene::set().await;
    for (method, path) in ABSENT {
        for (caller, who) in CALLERS.iter().enumerate() {
            let request = scene.callers[caller].request(method.clone(), &format!("/api/v1{path}"));
            let answer = send(request.json(&json!({}))).await;
            let expected = (404, "not_found".to_owned());
            assert_eq!(answer.refusal(), expected, "{method} {path} by {who}");
        }
    }
    for (method, path, allowed) in OTHER_METHODS {
        for (caller, who) in CALLERS.iter().enumerate() {
            let request = scene.callers[caller].request(method.clone(), &format!("/api/v1{path}"));
            let answer = send(request).await;
            let expected = (405, "method_not_allowed".to_owned());
            assert_eq!(answer.refusal(), expected, "{method} {path} by {who}");
            assert_eq!(answer.headers["allow"], allowed, "{method} {path} by {who}");
        }
    }
}

/// The paths that have an empty segment more than `path`, or one instead of an id.
fn with_empty_segments(path: &str, template: &str) -> Vec<String> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let doubled = slashes.map(|at| format!("{}/{}", &path[..at], &path[at..]));
    let is_id = |at: usize| template.split('/').nth(at).unwrap().starts_with('{');
    let segments: Vec<&str> = path.split('/').collect();
    let emptied = (0..segments.len()).filter(|at| is_id(*at)).map(|at| {
        let mut segments = segments.clone();
        segments[at] = "";
        segments.join("/")
    });
    let cut = (0..segments.len()).filter(|at| is_id(*at));
    let cut = cut.map(|at| segments[..at].join("/") + "/");
    let trailing = [format!("{path}/"), format!("{path}//")];
    doubled.chain(emptied).chain(cut).chain(trailing).collect()
}

#[tokio::test]
async fn a_path_with_an_empty_segment_is_404_on_every_route_and_changes_nothing() {
    let scene = Scene::set().await;
    let before = digests::all(&scene).await;
    let owner = &scene.callers[4];
    let routes = routes::all();
    for row in table::rows() {
        let route = routes
            .iter()
            .find(|one| one.operation_id == row.operation_id);
        let template = format!("/api/v1{}", route.unwrap().template);
        let path = row.path.split('?').next().unwrap().replace("{n}", "4");
        for path in with_empty_segments(&format!("/api/v1{path}"), &template) {
            let request = owner.request(row.method.clone(), &path);
            let answer = send(request.json(&row.body_of(4))).await;
            // Outside the prefix of the API it is a path of the web client.
            let is_outside = !path.starts_with("/api/");
            let is_refused = answer.status == 404 || (is_outside && answer.status == 405);
            assert!(is_refused, "{} {path}: {answer:?}", row.method);
        }
    }
    assert_eq!(digests::all(&scene).await, before);
}

#[test]
fn what_is_not_there_is_in_no_description() {
    let document = openapi::document(&routes::all());
    let described: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    for (_, path) in ABSENT {
        let path = format!("/api/v1{}", path.split('?').next().unwrap());
        let found = described.iter().find(|template| fits(template, &path));
        assert!(found.is_none(), "{path} is described as {found:?}");
    }
    for (method, path, _) in OTHER_METHODS {
        let item = &document["paths"][format!("/api/v1{path}")];
        let method = method.as_str().to_ascii_lowercase();
        assert!(
            item.is_object() && item[&method].is_null(),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn fields_of_what_is_not_there_are_unknown() {
    let scene = Scene::set().await;
    let owner = &scene.callers[4];
    for (path, body, field) in [
        ("/posts", json!({"text": "x", "draft": true}), "/draft"),
        ("/posts", json!({"text": "x", "draft": null}), "/draft"),
        (
            "/sessions",
            json!({"login": "owner", "password": "x", "totp": "123456"}),
            "/totp",
        ),
    ] {
        let answer = owner.post(path, &body).await;
        let expected = [(field.to_owned(), "unknown_field".to_owned())];
        assert_eq!(answer.faults(), expected, "{path} {body}");
    }
}
