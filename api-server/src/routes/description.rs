//! What `/openapi.json` says about an operation. Most of it follows from the types of the
//! operation's arguments and result.

use serde_json::{Map, Value, json};
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use super::tag::Tag;
use crate::openapi::parts::with;
use crate::openapi::refusals::{IN_PATH, Refusals};
use crate::openapi::schemas::Schemas;

/// The description of an operation. By default it has no request body and answers 204.
#[derive(Default)]
pub struct Description {
    pub tag: Option<Tag>,
    pub summary: &'static str,
    pub text: &'static str,
    /// The schemas of the path parameters, in order.
    pub path: Vec<RefOr<Schema>>,
    /// The other parameters.
    pub parameters: Vec<Parameter>,
    /// Schemas of the body, by media type.
    pub bodies: Map<String, Value>,
    /// Whether it accepts an `Idempotency-Key`.
    pub takes_key: bool,
    pub success: Success,
    /// Its error codes, except those that follow from its access.
    pub refusals: Refusals,
    pub schemas: Schemas,
}

/// A parameter in the query or in a header.
pub struct Parameter {
    /// The name of its component.
    pub name: &'static str,
    pub definition: Value,
}

/// The success response, with the schema of its body.
#[derive(Default)]
pub enum Success {
    /// 204.
    #[default]
    NoContent,
    /// 200.
    Resource(Value),
    /// 200, with `Link` to the next page.
    Page(Value),
    /// 201, with `Location`.
    Created(Value),
}

impl Description {
    /// Adds a path parameter.
    pub fn add_path<T: PartialSchema>(&mut self) {
        self.path.push(T::schema());
        self.refusals.add(IN_PATH);
    }

    /// Adds a query parameter; `definition` has its description and schema.
    pub fn add_query(&mut self, name: &'static str, definition: Value) {
        let definition = with(definition, "in", json!("query"));
        let definition = with(definition, "name", json!(name));
        self.parameters.push(Parameter { name, definition });
    }

    /// Adds a media type of the body.
    pub fn add_body(&mut self, media_type: &str, schema: &Value) {
        let body = json!({ "schema": schema });
        self.bodies.insert(media_type.to_owned(), body);
    }
}
