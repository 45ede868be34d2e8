//! The API's description, `/openapi.json` (`OpenAPI` 3.1): the route table with what
//! [`operations`] says of each route, and schemas of the very types that are read and written.
//!
//! Nothing here is asked when a request is answered. `docs/openapi.json` is the committed copy.

#[cfg(all(test, feature = "testing"))]
pub mod conformance;
mod operation;
mod operations;
mod parts;
mod refusals;
mod schemas;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use self::operation::{Operation, path_of};
use self::schemas::Schemas;
use crate::routes::Route;

/// Where it is.
pub const PATH: &str = "/openapi.json";

/// The document about these routes. A route that [`operations`] does not know is left out, which
/// a test sees.
pub fn document(routes: &[Route]) -> Value {
    let described = by_id();
    let (mut paths, mut schemas) = (Map::new(), Schemas::default());
    let mut responses = parts::responses();
    for route in routes {
        if let Some((tag, operation)) = described.get(route.operation_id) {
            let method = route.method.as_str().to_ascii_lowercase();
            let path = paths.entry(path_of(route)).or_insert_with(|| json!({}));
            *path = parts::with(path.take(), &method, operation.describe(route, tag));
            responses.extend(operation.refusals(route).components());
        }
    }
    let tags: Vec<_> = operations::all()
        .into_iter()
        .map(|group| {
            for operation in group.operations {
                schemas.merge(operation.schemas);
            }
            json!({"name": group.tag, "description": group.about})
        })
        .collect();
    let mut schemas = schemas.into_json();
    schemas.insert("Problem".to_owned(), parts::problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Pawl",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parts::parameters(),
            "headers": parts::headers(),
            "responses": responses,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    })
}

const ABOUT: &str = "A backend for social video. Errors are `application/problem+json` with a \
                     stable `code`, explained at [/docs/errors](/docs/errors). Ids are opaque \
                     strings, times RFC 3339 in UTC. Lists are read page by page with `cursor`.";

fn by_id() -> BTreeMap<&'static str, (&'static str, Operation)> {
    operations::all()
        .into_iter()
        .flat_map(|group| {
            let tag = group.tag;
            let operations = group.operations.into_iter();
            operations.map(move |operation| (operation.id, (tag, operation)))
        })
        .collect()
}
