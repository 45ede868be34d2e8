//! The schemas of bodies, from the types that are parsed and serialized. Answers always have every
//! member, with null instead of an absent one; request types declare their required members.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::parts::{component, with};

/// Schemas by name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// Adds a type of request bodies, and its parts.
    pub fn add_request<T: ToSchema>(&mut self) -> Value {
        for (name, schema) in of_type::<T>() {
            self.0.insert(name, schema);
        }
        component("schemas", &T::name())
    }

    /// The fields of a type, plus a file `picture`.
    pub fn add_form<T: ToSchema>(&mut self) -> Value {
        let reference = self.add_request::<T>();
        let mut form = self.0.get(&*T::name()).cloned().unwrap_or(reference);
        let picture = json!({
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "description": "See `pictures` in `GET /instance` for the accepted formats and sizes.",
        });
        if let Some(Value::Object(fields)) = form.get_mut("properties") {
            fields.insert("picture".to_owned(), picture);
        }
        form
    }

    /// Adds a type of merge patches, whose fields may be absent and are never null.
    pub fn add_patch<T: ToSchema>(&mut self) -> Value {
        let reference = self.add_request::<T>();
        let patch = self.0.entry(T::name().into_owned()).or_default();
        let properties = patch.get_mut("properties").and_then(Value::as_object_mut);
        for (_, property) in properties.into_iter().flatten() {
            without_null(property);
        }
        reference
    }

    /// Adds a type of answers, and its parts.
    pub fn add_answer<T: ToSchema>(&mut self) -> Value {
        let types: BTreeMap<_, _> = of_type::<T>().collect();
        for (name, schema) in &types {
            self.0.insert(name.clone(), whole(schema, &types));
        }
        component("schemas", &T::name())
    }

    /// Adds a page of `T`.
    pub fn add_page<T: ToSchema>(&mut self) -> Value {
        let item = self.add_answer::<T>();
        let name = format!("{}Page", T::name());
        let page = json!({
            "type": "object",
            "description": "A page of a list. It may be short or empty and still have a next page.",
            "required": ["items", "newest_cursor", "next_cursor"],
            "properties": {
                "items": {"type": "array", "items": item, "maxItems": crate::http::MAX_PAGE_ITEMS},
                "next_cursor": {
                    "type": ["string", "null"],
                    "description": "The value of `cursor` for the next page.",
                },
                "newest_cursor": {
                    "type": "string",
                    "description": "The value of `after` that lists what is newer than this page.",
                },
            },
        });
        self.0.insert(name.clone(), page);
        component("schemas", &name)
    }

    /// Adds the schemas of `other`.
    pub fn extend(&mut self, other: &Self) {
        let schemas = other.0.iter();
        self.0
            .extend(schemas.map(|(name, schema)| (name.clone(), schema.clone())));
    }

    /// All schemas as JSON.
    pub fn into_json(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }
}

fn of_type<T: ToSchema>() -> impl Iterator<Item = (String, Value)> {
    let mut schemas: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut schemas);
    schemas.push((T::name().into_owned(), T::schema()));
    schemas
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
}

/// Replaces the schema of `Option<T>` by that of `T`.
fn without_null(schema: &mut Value) {
    let one_of = schema.get_mut("oneOf").and_then(Value::as_array_mut);
    let some = one_of.and_then(|schemas| {
        let at = schemas.iter().position(|schema| schema["type"] != "null")?;
        Some(schemas.swap_remove(at))
    });
    if let Some(some) = some {
        *schema = some;
    }
    let types = schema.get("type").and_then(Value::as_array);
    if let Some(kind) = types.and_then(|types| types.iter().find(|kind| **kind != "null")) {
        *schema = with(schema.clone(), "type", kind.clone());
    }
}

/// Merges an answer's schema into one object that requires all members; `flatten` gives an `allOf`.
fn whole(schema: &Value, types: &BTreeMap<String, Value>) -> Value {
    let properties = properties(schema, types);
    if properties.is_empty() {
        return schema.clone();
    }
    let mut object = schema.clone();
    if let Some(object) = object.as_object_mut() {
        object.remove("allOf");
    }
    let required = properties.keys().cloned().collect();
    let object = with(object, "type", json!("object"));
    let object = with(object, "required", required);
    with(object, "properties", Value::Object(properties))
}

fn properties(schema: &Value, types: &BTreeMap<String, Value>) -> Map<String, Value> {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return types
            .get(name)
            .map(|schema| properties(schema, types))
            .unwrap_or_default();
    }
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let own = schema["properties"].as_object().into_iter().flatten();
    parts
        .flat_map(|part| properties(part, types))
        .chain(own.map(|(name, schema)| (name.clone(), schema.clone())))
        .collect()
}
