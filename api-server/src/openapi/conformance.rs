//! Checks every answer in the tests against the document: it must describe the status, an error
//! code must be one of the operation's, and the body must match the schema without extra members.
//! The body of each accepted request must match its schema, after its texts are normalized: that is
//! what their schemas describe.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own steps must work"
)]

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Value, json};
use shared::http::catalogue;
use shared::text::normalized;

use crate::routes::Route;
use crate::testing::Answer;

static CHECKER: OnceLock<Checker> = OnceLock::new();

struct Checker {
    document: Value,
    validators: HashMap<String, jsonschema::Validator>,
}

/// The request that a test sent.
pub struct Sent<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub body: Option<&'a [u8]>,
}

/// Builds the document of these routes for [`check`].
pub fn learn(routes: &[Route]) {
    CHECKER.get_or_init(|| Checker::new(super::document(routes)));
}

/// Panics if the document does not describe the answer.
pub fn check(sent: &Sent<'_>, answer: &Answer) {
    check_codes(sent, answer);
    let Some(checker) = CHECKER.get() else { return };
    let Some((path, operation)) = checker.operation(sent) else {
        return;
    };
    let id = operation["operationId"].as_str().unwrap();
    if matches!(answer.status, 405 | 421 | 431) {
        return;
    }
    let described = &operation["responses"][answer.status.to_string()];
    assert!(
        !described.is_null(),
        "{id} answered {}, which openapi.json does not foresee: name it with `.refuses(&[({}, \
         CODE)])` where the route is declared\n{answer:?}",
        answer.status,
        answer.status,
    );
    checker.check_own_code(id, described, answer);
    let pointer = format!(
        "{path}/responses/{}/content/application~1json/schema",
        answer.status
    );
    checker.hold(id, &pointer, answer.text.as_bytes());
    if answer.status < 300 {
        assert!(
            answer.text.is_empty() || checker.validators.contains_key(&pointer),
            "{id} answers with a body that openapi.json does not describe"
        );
        let pointer = format!("{path}/requestBody/content/application~1json/schema");
        checker.hold(id, &pointer, sent.body.unwrap_or_default());
    }
}

/// Whether a path matches a template.
pub fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || (a.starts_with('{') && !b.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The catalogue must explain every code, with its status.
fn check_codes(sent: &Sent<'_>, answer: &Answer) {
    let is_problem = answer
        .headers
        .get("content-type")
        .is_some_and(|kind| kind == "application/problem+json");
    if !is_problem || sent.method == "HEAD" {
        return;
    }
    let problem = answer.json();
    let code = problem["code"].as_str().unwrap();
    let is_known = catalogue::PROBLEMS
        .iter()
        .any(|known| known.name == code && known.statuses.contains(&answer.status));
    assert!(
        is_known,
        "add the line\n    {code} [{}] \"What it means, and what to do.\";\n(or the status to the \
         code's line) to `problems!` in shared/src/http/catalogue/codes.rs, by the alphabet",
        answer.status
    );
    for error in problem["errors"].as_array().into_iter().flatten() {
        let code = error["code"].as_str().unwrap();
        assert!(
            catalogue::FIELDS.iter().any(|known| known.name == code),
            "add the line\n    {code} \"What is wrong.\";\nto `fields!` in \
             shared/src/http/catalogue/codes.rs, by the alphabet"
        );
    }
}

impl Checker {
    fn new(mut document: Value) -> Self {
        close(&mut document["components"]["schemas"]);
        let mut checker = Self {
            document,
            validators: HashMap::new(),
        };
        let pointers: Vec<_> = checker.pointers();
        for pointer in pointers {
            let mut root = checker.document.pointer(&pointer).unwrap().clone();
            root["components"] = checker.document["components"].clone();
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&root)
                .unwrap_or_else(|error| panic!("{pointer}: {error}"));
            checker.validators.insert(pointer, validator);
        }
        checker
    }

    /// An error code must be one of the operation's.
    fn check_own_code(&self, id: &str, described: &Value, answer: &Answer) {
        if answer.status < 400 {
            return;
        }
        let reference = described["$ref"].as_str().unwrap();
        let response = self.document.pointer(&reference[1..]).unwrap();
        let schema = &response["content"]["application/problem+json"]["schema"];
        let own = &schema["allOf"][1]["properties"]["code"]["enum"];
        let problem = answer.json();
        assert!(
            own.as_array().unwrap().contains(&problem["code"]),
            "{id} refused with ({}, {}), which is none of its codes: name it with `.refuses` where the \
             route is declared\n{answer:?}",
            answer.status,
            problem["code"],
        );
    }

    /// Pointers to all JSON bodies.
    fn pointers(&self) -> Vec<String> {
        let escape = |text: &str| text.replace('~', "~0").replace('/', "~1");
        let json = "content/application~1json/schema";
        let mut found = Vec::new();
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let at = format!("/paths/{}/{method}", escape(path));
                found.push(format!("{at}/requestBody/{json}"));
                let statuses = operation["responses"].as_object().unwrap().keys();
                found.extend(statuses.map(|status| format!("{at}/responses/{status}/{json}")));
            }
        }
        found.retain(|pointer| self.document.pointer(pointer).is_some());
        found
    }

    /// The pointer to an operation, and the operation.
    fn operation(&self, sent: &Sent<'_>) -> Option<(String, &Value)> {
        let method = sent.method.to_ascii_lowercase();
        let paths = self.document["paths"].as_object()?;
        // `/sessions/current` takes precedence over `/sessions/{id}`.
        let mut fitting: Vec<_> = paths
            .iter()
            .filter(|(path, _)| fits(path, sent.path))
            .collect();
        fitting.sort_by_key(|(path, _)| path.matches('{').count());
        fitting.into_iter().find_map(|(path, item)| {
            let operation = item.get(&method)?;
            Some((
                format!("/paths/{}/{method}", path.replace('/', "~1")),
                operation,
            ))
        })
    }

    fn hold(&self, id: &str, pointer: &str, body: &[u8]) {
        let Some(validator) = self.validators.get(pointer) else {
            return;
        };
        // The body is a form, if the operation accepts one.
        let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
            return;
        };
        normalize(&mut json);
        let faults: Vec<_> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            faults.is_empty(),
            "{id} does not keep to its description ({pointer}):\n  {}\n{json:#}",
            faults.join("\n  ")
        );
    }
}

/// Normalizes all texts; those of answers are normalized already.
fn normalize(json: &mut Value) {
    match json {
        Value::String(text) => *text = normalized(text),
        Value::Object(members) => members.values_mut().for_each(normalize),
        Value::Array(items) => items.iter_mut().for_each(normalize),
        _ => {}
    }
}

/// Forbids members that the schema does not describe.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object) {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
