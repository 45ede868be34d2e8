//! Permissions: every route and every kind of media URL, for every kind of caller. The tables are
//! in `table/`, by domain; a route without a row fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

mod absent;
mod bad_input;
mod caching;
mod digests;
mod emails;
mod media;
mod scene;
mod table;
mod texts;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use self::scene::{CALLERS, Scene};
use crate::routes;
use crate::testing::{Answer, send};

/// The statuses for the request of `path` and `body`. They are in the order of [`CALLERS`] up to
/// the admin. Suspended callers and those with a revoked session get 401 on every route, except
/// with `looks_at_no_token`.
struct Row {
    operation_id: &'static str,
    method: Method,
    path: &'static str,
    body: Option<Value>,
    expected: [u16; 6],
    looks_at_no_token: bool,
}

/// A row of the table. `{n}` in path and body stands for the caller's number.
fn row(
    operation_id: &'static str,
    (method, path): (Method, &'static str),
    expected: [u16; 6],
) -> Row {
    Row {
        operation_id,
        method,
        path,
        body: None,
        expected,
        looks_at_no_token: false,
    }
}

impl Row {
    fn with(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    fn without_token(self) -> Self {
        Self {
            looks_at_no_token: true,
            ..self
        }
    }

    fn expected(&self, caller: usize) -> u16 {
        let unknown = if self.looks_at_no_token {
            self.expected[0]
        } else {
            401
        };
        self.expected.get(caller).copied().unwrap_or(unknown)
    }

    /// The body with this number inserted.
    fn body_of(&self, number: usize) -> Option<Value> {
        let text = self.body.as_ref()?.to_string();
        serde_json::from_str(&text.replace("{n}", &number.to_string())).ok()
    }

    async fn ask(&self, scene: &Scene, caller: usize) -> Answer {
        let client = &scene.callers[caller];
        let path = self.path.replace("{n}", &caller.to_string());
        let mut request = client.request(self.method.clone(), &format!("/api/v1{path}"));
        if let Some(body) = self.body_of(caller) {
            request = request.header("content-type", "application/json");
            request = request.body(body.to_string());
        }
        send(request).await
    }
}

#[tokio::test]
async fn every_route_answers_everyone_as_the_table_says() {
    let scene = Scene::set().await;
    let mut wrong = Vec::new();
    for row in table::rows() {
        for (caller, who) in CALLERS.iter().enumerate() {
            scene.reset().await;
            let (answer, expected) = (row.ask(&scene, caller).await, row.expected(caller));
            if answer.status != expected {
                let (method, path) = (&row.method, row.path);
                let got = format!("{} instead of {expected}", answer.status);
                wrong.push(format!("{method} {path} by {who}: {got}: {}", answer.text));
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}

#[tokio::test]
async fn no_get_changes_anything() {
    let scene = Scene::set().await;
    let before = digests::all(&scene).await;
    for row in table::rows().iter().filter(|row| row.method == Method::GET) {
        for caller in 0..CALLERS.len() {
            row.ask(&scene, caller).await;
        }
        let after = digests::all(&scene).await;
        assert_eq!(after, before, "GET {}", row.path);
    }
    let owner = &scene.callers[4];
    for path in [
        "/posts/1/delete",
        "/posts/1/edit",
        "/users/secret/follow/add",
    ] {
        assert_eq!(owner.get(path).await.status, 404, "{path}");
    }
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let told: BTreeSet<_> = table::rows().iter().map(|row| row.operation_id).collect();
    let routes = routes::all();
    let all: BTreeSet<_> = routes.iter().map(|route| route.operation_id).collect();
    let missing: Vec<_> = all.difference(&told).collect();
    assert!(missing.is_empty(), "routes without a row: {missing:?}");
    let stale: Vec<_> = told.difference(&all).collect();
    assert!(stale.is_empty(), "rows without a route: {stale:?}");
}
