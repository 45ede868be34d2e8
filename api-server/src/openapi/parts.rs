//! Parts that operations share: parameters, headers, and error responses.

use serde_json::{Map, Value, json};

/// Refers to a component.
pub fn component(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// Adds a member to `object`, or replaces it.
pub fn with(mut object: Value, name: &str, member: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), member);
    }
    object
}

/// The names of the parameters of a template, in order.
pub fn path_parameters(template: &str) -> impl Iterator<Item = &str> {
    let segments = template.split('/');
    segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// The description of a success status.
pub fn success(status: u16) -> &'static str {
    match status {
        201 => "Created",
        204 => "Done",
        _ => "Success",
    }
}

/// The parameters of all operations that read.
pub fn parameters() -> Map<String, Value> {
    let if_none_match = json!({
        "name": "If-None-Match", "in": "header",
        "description": "The `ETag` of the client's copy.",
        "schema": {"type": "string"},
    });
    Map::from_iter([("if-none-match".to_owned(), if_none_match)])
}

pub fn headers() -> Value {
    let header =
        |description: &str| json!({"description": description, "schema": {"type": "string"}});
    json!({
        "ETag": header("The entity tag of this answer, for `If-None-Match`."),
        "Idempotent-Replayed": header("`true` if an earlier request with this key created the resource."),
        "Link": header("The URL of the next page, with `rel=\"next\"`."),
        "Location": header("The URL of the new resource."),
        "RateLimit": header("For each limit: `r`, the number of requests left, and `t`, the seconds \
                             until the limit is full, or, if no request is left, until the \
                             next one is allowed."),
        "RateLimit-Policy": header("For each limit: the number of requests and its window in seconds."),
        "Retry-After": header("The seconds to wait before the next attempt."),
        "WWW-Authenticate": header("The authentication scheme that the request needs."),
        "X-Request-Id": header("The id of this request in the server's log."),
    })
}

/// Success responses that many operations share.
pub fn responses() -> Map<String, Value> {
    let not_modified = json!({
        "description": "Not modified: the client's copy is current",
        "headers": {"ETag": component("headers", "ETag")},
    });
    Map::from_iter([("304".to_owned(), not_modified)])
}

/// The body of every error response (RFC 9457).
pub fn problem() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "type": "object",
        "description": "The reason why the request failed (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail", "request_id"],
        "properties": {
            "type": text("The URL of the code's explanation."),
            "title": text("A short title for the code."),
            "status": {"type": "integer", "description": "The HTTP status of the answer."},
            "code": text("The stable identifier of the error."),
            "detail": {"type": ["string", "null"], "description": "An English sentence for developers."},
            "request_id": {
                "type": ["string", "null"],
                "description": "The id of the request in the server's log.",
            },
            "errors": {
                "type": "array",
                "description": "The invalid fields. Absent if the error is not about fields.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "detail"],
                    "properties": {
                        "pointer": text("JSON pointer to the field (RFC 6901)."),
                        "code": text("The stable identifier of the field's error."),
                        "detail": text("An English sentence for developers."),
                    },
                },
            },
        },
    })
}
