//! Compares the document with the route table and with the server's behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use std::path::Path;
use std::{env, fs};

use reqwest::Method;
use serde_json::{Value, json};

use crate::openapi::document;
use crate::openapi::parts::path_parameters;
use crate::posts::model::MediaList;
use crate::routes;
use crate::testing::{Client, TestApp, send, sign_up};

const HOW: &str =
    "PAWL_WRITE_OPENAPI=1 cargo test --workspace --all-features --lib docs_openapi_json";

#[tokio::test]
async fn the_server_answers_the_document() {
    let app = TestApp::start().await;
    let answer = app.anon().fetch("/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.json(), document(&routes::all()));
}

#[test]
fn docs_openapi_json_is_the_document() {
    let text = format!("{:#}\n", document(&routes::all()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if env::var_os("PAWL_WRITE_OPENAPI").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/openapi.json is out of date; renew it with\n  {HOW}"
    );
}

#[tokio::test]
async fn every_operation_takes_the_kinds_of_bodies_that_it_names_and_no_other() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let document = document(&routes::all());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(kinds) = operation["requestBody"]["content"].as_object() else {
                continue;
            };
            let path = path.replace("{username}", "ada").replace("{id}", "1");
            let method: Method = method.to_uppercase().parse().unwrap();
            let ask = async |kind: &str| {
                let request = ada.request(method.clone(), &path);
                let request = request.header("content-type", kind);
                send(request.body("{}")).await.status
            };
            for kind in kinds.keys() {
                let kind = kind.replace("form-data", "form-data; boundary=x");
                assert_ne!(ask(&kind).await, 415, "{method} {path} with {kind}");
            }
            assert_eq!(ask("text/plain").await, 415, "{method} {path}");
        }
    }
}

#[test]
fn every_path_parameter_is_an_argument_of_its_action() {
    for route in routes::all() {
        let names = path_parameters(route.template).count();
        assert_eq!(route.description.path.len(), names, "{}", route.template);
    }
    let planted: Vec<_> = path_parameters("/posts/{id}/polls/{name}").collect();
    assert_eq!(planted, ["id", "name"]);
}

#[test]
fn every_operation_and_every_field_is_described() {
    let document = document(&routes::all());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for field in ["/summary", "/description", "/tags/0"] {
                let words = operation.pointer(field).and_then(Value::as_str);
                assert_ne!(words.unwrap_or_default(), "", "{field} of {method} {path}");
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut bare = Vec::new();
    for (name, schema) in schemas {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_described = property.to_string().contains("\"description\"");
            if !is_described && field != "id" && field != "items" {
                bare.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(bare.is_empty(), "fields without a doc comment: {bare:?}");
    let visibility = &schemas["NewPost"]["properties"]["visibility"];
    assert_eq!(visibility["default"], "public", "{visibility}");
}

/// A field whose length limit is tested, and the request body with a placeholder for it.
struct Bounded {
    schema: &'static str,
    field: &'static str,
    request: (Method, String),
    body: Value,
}

#[tokio::test]
async fn the_bounds_in_the_schemas_are_those_that_are_checked() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let post = ada.write_post(json!({"text": "Hello"})).await;
    let comments = format!("/posts/{post}/comments");
    let comment = ada.post(&comments, &json!({"text": "Hello"})).await;
    let comment = comment.json()["id"].as_str().unwrap().to_owned();
    let document = document(&routes::all());
    for bounded in bounded_fields(&post, &comment) {
        let Bounded { schema, field, .. } = bounded;
        let property = &document["components"]["schemas"][schema]["properties"][field];
        let property = document
            .pointer(&property["$ref"].as_str().unwrap()[1..])
            .unwrap();
        let most = usize::try_from(property["maxLength"].as_u64().unwrap()).unwrap();
        let least = property["minLength"].as_u64().unwrap_or(0);
        let least = usize::try_from(least).unwrap();
        let below = least.checked_sub(1).map(|below| (below, true));
        for (length, is_refused) in [(most, false), (most + 1, true)].into_iter().chain(below) {
            let told = ada.try_length(&bounded, length).await;
            assert_eq!(told, is_refused, "{schema}.{field} of {length}");
        }
    }
}

#[tokio::test]
async fn the_bounds_of_parameters_and_lists_are_those_that_are_checked() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let document = document(&routes::all());
    let bound = |pointer: &str| document.pointer(pointer).unwrap().as_u64().unwrap();
    let most = usize::try_from(bound("/components/parameters/q/schema/maxLength")).unwrap();
    for (length, status) in [(0, 422), (1, 200), (most, 200), (most + 1, 422)] {
        let answer = ada.get(&format!("/search?q={}", "x".repeat(length))).await;
        assert_eq!(answer.status, status, "q of {length}");
    }
    let most = bound("/components/schemas/MediaList/maxItems");
    assert_eq!(most, MediaList::MAX_ITEMS as u64);
}

fn bounded_fields(post: &str, comment: &str) -> Vec<Bounded> {
    let bounded = |schema, field, (method, path): (Method, &str), body: &Value| Bounded {
        schema,
        field,
        request: (method, format!("/api/v1{path}")),
        body: body.clone(),
    };
    let mut fields = Vec::new();
    for field in ["username", "email", "password", "first_name", "last_name"] {
        fields.push(bounded(
            "NewUser",
            field,
            (Method::POST, "/users"),
            &sign_up("eve"),
        ));
    }
    for field in ["first_name", "last_name", "bio"] {
        fields.push(bounded(
            "ProfilePatch",
            field,
            (Method::PATCH, "/me"),
            &json!({}),
        ));
    }
    let sign_in = json!({"login": "eve", "password": "x"});
    for field in ["login", "password"] {
        fields.push(bounded(
            "SignIn",
            field,
            (Method::POST, "/sessions"),
            &sign_in,
        ));
    }
    let (at_post, at_comment) = (format!("/posts/{post}"), format!("/comments/{comment}"));
    let comments = format!("{at_post}/comments");
    let (none, text) = (json!({}), "text");
    fields.extend([
        bounded("NewPost", text, (Method::POST, "/posts"), &none),
        bounded("PostPatch", text, (Method::PATCH, &at_post), &none),
        bounded("NewComment", text, (Method::POST, &comments), &none),
        bounded("CommentPatch", text, (Method::PATCH, &at_comment), &none),
    ]);
    fields
}

impl Client {
    /// Whether the server refuses a text of this length in the field.
    async fn try_length(&self, bounded: &Bounded, length: usize) -> bool {
        let mut body = bounded.body.clone();
        body[bounded.field] = match bounded.field {
            "email" => address_of(length),
            "password" => varied(length),
            _ => "x".repeat(length),
        }
        .into();
        let (method, path) = bounded.request.clone();
        let answer = send(self.request(method, &path).json(&body)).await;
        let pointer = format!("/{}", bounded.field);
        let problem: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().any(|error| error["pointer"] == *pointer)
    }
}

/// An e-mail address of this length; its domain consists of single letters and a last label of two.
fn address_of(length: usize) -> String {
    let letters = "b.".repeat(length);
    let domain = &letters[..length.saturating_sub(4) / 2 * 2];
    let last = if length.is_multiple_of(2) {
        "bb"
    } else {
        "bbb"
    };
    format!("a@{domain}{last}")
}

/// A text that is hard to guess.
fn varied(length: usize) -> String {
    let letters = (0..length).map(|n| char::from(b'!' + u8::try_from(n * n * 7 % 89).unwrap()));
    letters.collect()
}
