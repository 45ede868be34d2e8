//! Describes one operation: what its route declares, and what follows from that (error statuses,
//! headers), derived here for all operations.

use http::Method;
use serde_json::{Map, Value, json};

use super::parts::{self, component};
use super::refusals::{self, Refusals};
use crate::http::API_BASE;
use crate::routes::{Access, Description, Route, Success, Tag};

/// The path of a route in the document.
pub fn path_of(route: &Route) -> String {
    format!("{API_BASE}{}", route.template)
}

/// The operation object (`OpenAPI` 3.1, section 4.8.10).
pub fn describe(route: &Route) -> Value {
    let Description {
        tag,
        summary,
        text,
        bodies,
        ..
    } = &route.description;
    let described = json!({
        "operationId": route.operation_id,
        "summary": summary,
        "description": text,
        "tags": tag.map(Tag::name).as_slice(),
        "security": security(route),
        "parameters": parameters(route),
        "responses": responses(route),
    });
    if bodies.is_empty() {
        return described;
    }
    let body = json!({ "required": true, "content": bodies });
    parts::with(described, "requestBody", body)
}

/// All error codes of an operation.
pub fn refusals(route: &Route) -> Refusals {
    let mut all = route.description.refusals.clone();
    all.add(refusals::ALWAYS);
    if route.access != Access::Anyone {
        all.add(refusals::BAD_TOKEN);
    }
    if route.access == Access::Caller {
        all.add(refusals::NO_TOKEN);
    }
    all
}

fn security(route: &Route) -> Value {
    match route.access {
        Access::Anyone => json!([]),
        Access::Viewer => json!([{}, {"bearer": []}]),
        Access::Caller => json!([{"bearer": []}]),
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let Description {
        path, parameters, ..
    } = &route.description;
    let in_path = parts::path_parameters(route.template).zip(path);
    let in_path = in_path.map(
        |(name, schema)| json!({ "name": name, "in": "path", "required": true, "schema": schema }),
    );
    let others = parameters.iter().map(|parameter| parameter.name);
    let if_none_match = (route.method == Method::GET).then_some("if-none-match");
    let others = others.chain(if_none_match);
    in_path
        .chain(others.map(|name| component("parameters", name)))
        .collect()
}

fn responses(route: &Route) -> Value {
    let status = match route.description.success {
        Success::NoContent => 204,
        Success::Resource(_) | Success::Page(_) => 200,
        Success::Created(_) => 201,
    };
    let mut responses = Map::new();
    responses.insert(status.to_string(), success(route, status));
    if route.method == Method::GET {
        responses.insert("304".to_owned(), component("responses", "304"));
    }
    responses.extend(refusals(route).references());
    Value::Object(responses)
}

fn success(route: &Route, status: u16) -> Value {
    let answer = &route.description.success;
    let mut headers = vec!["X-Request-Id", "RateLimit", "RateLimit-Policy"];
    let others = [
        (route.method == Method::GET, "ETag"),
        (matches!(answer, Success::Created(_)), "Location"),
        (matches!(answer, Success::Page(_)), "Link"),
        (route.description.takes_key, "Idempotent-Replayed"),
    ];
    headers.extend(
        others
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, name)| name),
    );
    let headers: Map<_, _> = headers
        .into_iter()
        .map(|name| (name.to_owned(), component("headers", name)))
        .collect();
    let success = json!({
        "description": parts::success(status),
        "headers": headers,
    });
    match answer {
        Success::NoContent => success,
        Success::Resource(schema) | Success::Page(schema) | Success::Created(schema) => {
            let content = json!({ "application/json": { "schema": schema } });
            parts::with(success, "content", content)
        }
    }
}
