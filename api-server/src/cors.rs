//! What pages of other origins may send and read: the methods and headers of all operations, and
//! those of media files.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;
use shared::http::{CorsAccess, CorsRules, PublicPaths};

use crate::{media, openapi, routes};

/// Comma-separated lists, from the description of the operations.
struct Lists {
    methods: String,
    headers: String,
    expose: String,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let routes = routes::all();
    let methods: BTreeSet<_> = routes.iter().map(|route| route.method.as_str()).collect();
    let document = openapi::document(&routes);
    let components = |kind| document.pointer(&format!("/components/{kind}"));
    let parameters = components("parameters").and_then(Value::as_object);
    let headers = parameters.into_iter().flat_map(|all| all.values());
    let headers = headers.filter(|parameter| parameter["in"] == "header");
    let headers = headers.filter_map(|parameter| parameter["name"].as_str());
    let expose = components("headers").and_then(Value::as_object);
    let expose = expose.into_iter().flat_map(|all| all.keys());
    Lists {
        methods: list(["HEAD"].into_iter().chain(methods)),
        headers: list(
            ["Authorization", "Content-Type", "Range"]
                .into_iter()
                .chain(headers),
        ),
        expose: list(
            ["Content-Range", "Accept-Ranges"]
                .into_iter()
                .chain(expose.map(String::as_str)),
        ),
    }
});

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The rules of this server.
pub fn rules() -> CorsRules {
    CorsRules {
        allowed_origins: CorsAccess {
            methods: &LISTS.methods,
            headers: &LISTS.headers,
            expose: &LISTS.expose,
        },
        // Players on any page may send range and conditional requests for public media.
        public: Some(PublicPaths {
            contain: media::is_public,
            access: CorsAccess {
                methods: "GET, HEAD",
                headers: "Range, If-Range, If-Match, If-None-Match, If-Modified-Since",
                expose: "ETag, Content-Range, Accept-Ranges, X-Request-Id",
            },
        }),
        service_answers_options: false,
    }
}
