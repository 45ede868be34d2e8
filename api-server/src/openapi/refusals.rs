//! The error codes of an operation: its own, and those that follow from its access and arguments.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::parts::{component, with};

/// Statuses, each with a code that it can carry.
pub type Codes = &'static [(u16, &'static str)];

/// For every operation.
pub const ALWAYS: Codes = &[
    (429, "rate_limited"),
    (500, "internal_error"),
    (503, "unavailable"),
];
/// For operations that read a token.
pub const BAD_TOKEN: Codes = &[
    (401, "session_ended"),
    (401, "suspended"),
    (401, "token_expired"),
    (401, "token_invalid"),
];
/// For operations that require a token.
pub const NO_TOKEN: Codes = &[(401, "token_missing")];
/// For operations with path parameters.
pub const IN_PATH: Codes = &[(404, "not_found")];
/// For operations with a query, which always selects a page.
pub const PAGE: Codes = &[
    (400, "malformed_query"),
    (422, "invalid_cursor"),
    (422, "invalid_fields"),
];
/// For operations with a body.
pub const BODY: Codes = &[
    (400, "body_incomplete"),
    (400, "malformed_json"),
    (408, "body_too_slow"),
    (413, "body_too_large"),
    (415, "unsupported_media_type"),
    (422, "invalid_fields"),
    (503, "busy"),
];
/// For operations that also accept a form.
pub const FORM: Codes = &[(400, "malformed_form"), (400, "too_many_parts")];
/// For operations that accept an `Idempotency-Key`.
pub const KEY: Codes = &[
    (400, "invalid_idempotency_key"),
    (409, "idempotency_key_in_use"),
    (410, "gone"),
    (422, "idempotency_key_reused"),
];

/// The error codes of an operation, by status.
#[derive(Default, Clone)]
pub struct Refusals(BTreeMap<u16, BTreeSet<&'static str>>);

impl Refusals {
    /// Adds these codes.
    pub fn add(&mut self, codes: Codes) {
        for (status, code) in codes {
            self.0.entry(*status).or_default().insert(code);
        }
    }

    /// The operation's error responses: references to components, which operations share.
    pub fn references(&self) -> Map<String, Value> {
        let answers = self.0.iter().map(|(status, codes)| {
            let name = component_name(*status, codes);
            (status.to_string(), component("responses", &name))
        });
        answers.collect()
    }

    /// The components to which [`Self::references`] refers.
    pub fn components(&self) -> Map<String, Value> {
        let described = |(status, codes): (&u16, &BTreeSet<&str>)| {
            (component_name(*status, codes), describe(*status, codes))
        };
        self.0.iter().map(described).collect()
    }
}

fn component_name(status: u16, codes: &BTreeSet<&str>) -> String {
    let codes: Vec<_> = codes.iter().copied().collect();
    format!("{status}.{}", codes.join("."))
}

fn describe(status: u16, codes: &BTreeSet<&str>) -> Value {
    let reason = StatusCode::from_u16(status).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    let mut headers = vec!["X-Request-Id"];
    match status {
        401 => headers.push("WWW-Authenticate"),
        429 | 503 => headers.push("Retry-After"),
        _ => {}
    }
    let headers = headers.into_iter().fold(json!({}), |headers, name| {
        with(headers, name, component("headers", name))
    });
    let named: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    let own = json!({"properties": {"code": {"enum": codes}}});
    let schema = json!({"allOf": [component("schemas", "Problem"), own]});
    json!({
        "description": format!("{}: {}", reason.unwrap_or_default(), named.join(", ")),
        "headers": headers,
        "content": {"application/problem+json": {"schema": schema}},
    })
}
