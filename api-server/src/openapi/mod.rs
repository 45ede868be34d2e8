//! The API's description, `/openapi.json` (`OpenAPI` 3.1), from the declarations of the routes and
//! the schemas of the types that are parsed and serialized.
//!
//! It is built once, at the start. `docs/openapi.json` is the committed copy.

#[cfg(all(test, feature = "testing"))]
pub mod conformance;
mod operation;
pub mod parts;
pub mod refusals;
pub mod schemas;
#[cfg(all(test, feature = "testing"))]
mod tests;

use serde_json::{Map, Value, json};

use self::operation::{describe, path_of, refusals};
use self::schemas::Schemas;
use crate::routes::{Route, Tag};

/// The path of the document.
pub const PATH: &str = "/openapi.json";

/// The document of these routes.
pub fn document(routes: &[Route]) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Schemas::default());
    let (mut parameters, mut responses) = (parts::parameters(), parts::responses());
    for route in routes {
        let method = route.method.as_str().to_ascii_lowercase();
        let path = paths.entry(path_of(route)).or_insert_with(|| json!({}));
        *path = parts::with(path.take(), &method, describe(route));
        responses.extend(refusals(route).components());
        schemas.extend(&route.description.schemas);
        let known = route.description.parameters.iter();
        parameters.extend(known.map(|known| (known.name.to_owned(), known.definition.clone())));
    }
    let tags = Tag::ALL.map(|tag| json!({"name": tag.name(), "description": tag.about()}));
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
            "parameters": parameters,
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
                     strings, times RFC 3339 in UTC. Lists are read page by page with `cursor`.\n\n\
                     To sign in, `POST /api/v1/sessions` and send the `access_token` as \
                     `Authorization: Bearer`.\n\n\
                     Files are sent to another server, at `uploads.url` of `GET /api/v1/instance`, \
                     with tus 1.0 (tus.io) or the IETF draft of resumable uploads. The id of an \
                     upload, `Pawl-Media-Id` in its answers, is the id of its media item: a post \
                     names it as `upload_id` from the moment when the upload exists.";
