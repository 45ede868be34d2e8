//! Parts that operations share: parameters, headers, and error responses.

use serde_json::{Map, Value, json};
use shared::ids::{MediaId, PostId};
use utoipa::PartialSchema;

use crate::accounts::model::Username;
use crate::http::{DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS};
use crate::search::model::SearchQuery;

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

/// The names of a template's parameters.
pub fn names_in(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// The schema of a path parameter: a username, a UUID for uploads, media and sessions, and
/// otherwise a number as a string.
pub fn path_parameter(template: &str, name: &str) -> Value {
    let schema = match (name, template.split('/').nth(1)) {
        ("username", _) => Username::schema(),
        (_, Some("media" | "uploads" | "sessions")) => MediaId::schema(),
        _ => PostId::schema(),
    };
    serde_json::to_value(schema).unwrap_or_default()
}

/// The description of a success status.
pub fn success(status: u16) -> &'static str {
    match status {
        201 => "It is made",
        204 => "It is so now",
        _ => "Here it is",
    }
}

pub fn parameters() -> Value {
    json!({
        "limit": {
            "name": "limit", "in": "query",
            "description": format!("The most items that the page holds; {DEFAULT_PAGE_ITEMS} if none is said."),
            "schema": {
                "type": "integer", "minimum": 1, "maximum": MAX_PAGE_ITEMS,
                "default": DEFAULT_PAGE_ITEMS,
            },
        },
        "cursor": {
            "name": "cursor", "in": "query",
            "description": "`next_cursor` of the page before; none for the first page.",
            "schema": {"type": "string"},
        },
        "parent_id": {
            "name": "parent_id", "in": "query",
            "description": "The comment whose replies are read; none for those of the post.",
            "schema": {"type": "string"},
        },
        "q": {
            "name": "q", "in": "query", "required": true,
            "description": "Words that a post has, all of them; or a part of a person's names.",
            "schema": SearchQuery::schema(),
        },
        "kind": {
            "name": "kind", "in": "query",
            "description": "What to look for; `posts` if none is said.",
            "schema": {"type": "string", "enum": ["posts", "users"], "default": "posts"},
        },
        "idempotency-key": {
            "name": "Idempotency-Key", "in": "header",
            "description": "A name for this creation: sent again with the same body, it is \
                            answered as before, and nothing is made twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
        "if-none-match": {
            "name": "If-None-Match", "in": "header",
            "description": "`ETag` of what the client has.",
            "schema": {"type": "string"},
        },
    })
}

pub fn headers() -> Value {
    let header =
        |description: &str| json!({"description": description, "schema": {"type": "string"}});
    json!({
        "ETag": header("Names this state of the answer; for `If-None-Match`."),
        "Idempotent-Replayed": header("`true` when this was answered before."),
        "Link": header("The next page's address, `rel=\"next\"`."),
        "Location": header("The new resource's address."),
        "RateLimit": header("For each limit `r`, the requests that are left, and `t`, the seconds \
                             until it is whole again; after a refusal, until there is one again."),
        "RateLimit-Policy": header("The limit and its window in seconds."),
        "Retry-After": header("Seconds after which to try again."),
        "WWW-Authenticate": header("How to sign in."),
        "X-Request-Id": header("This request's name in the server's log."),
    })
}

/// Success responses that many operations share.
pub fn responses() -> Map<String, Value> {
    let not_modified = json!({
        "description": "The client has it already",
        "headers": {"ETag": component("headers", "ETag")},
    });
    Map::from_iter([("304".to_owned(), not_modified)])
}

/// The body of every error response (RFC 9457).
pub fn problem() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "type": "object",
        "description": "Why a request was not fulfilled (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail", "request_id"],
        "properties": {
            "type": text("Where the code is explained."),
            "title": text("The code in words."),
            "status": {"type": "integer", "description": "The status of the answer."},
            "code": text("The stable name of what is wrong."),
            "detail": {"type": ["string", "null"], "description": "A sentence for people."},
            "request_id": {
                "type": ["string", "null"],
                "description": "The request's name in the server's log.",
            },
            "errors": {
                "type": "array",
                "description": "The fields that are wrong; absent when it is not about fields.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "detail"],
                    "properties": {
                        "pointer": text("JSON pointer to the field (RFC 6901)."),
                        "code": text("The stable name of what is wrong with it."),
                        "detail": text("A sentence for people."),
                    },
                },
            },
        },
    })
}
