//! The API's documentation for people and programs: `/openapi.json`, and `/docs/errors`, the target
//! of every problem's `type`. The viewer at `/docs` is a page of the web client's build.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use shared::http::{Body, Problem, catalogue, full};

use crate::http::{Reply, conditional};
use crate::openapi;
use crate::routes::Route;

/// The page that explains error codes.
const ERRORS: &str = "/docs/errors";
const ERRORS_STYLE: &str = "/docs/errors.css";
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The answers, created once at the start.
pub struct Docs {
    openapi: Reply,
    errors: Reply,
    errors_style: Reply,
}

impl Docs {
    /// The documentation of these routes.
    pub fn new(routes: &[Route]) -> Self {
        let description = openapi::document(routes).to_string();
        Self {
            openapi: reply("application/json", description),
            errors: reply("text/html; charset=utf-8", errors_page()),
            errors_style: reply(
                "text/css; charset=utf-8",
                include_str!("docs.css").to_owned(),
            ),
        }
    }

    /// The answer, if the path is one of these.
    pub fn answer<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let reply = match request.uri().path() {
            openapi::PATH => &self.openapi,
            ERRORS => &self.errors,
            ERRORS_STYLE => &self.errors_style,
            _ => return None,
        };
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .header(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return Some(problem.into_response());
        }
        let mut reply = conditional(request.headers(), reply.clone());
        let headers = reply.headers_mut();
        // Unlike the API's answers, it is the same for every caller.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.remove(VARY);
        Some(reply.map(full))
    }
}

fn reply(content_type: &'static str, body: String) -> Reply {
    let mut reply = Response::new(body.into());
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    reply
}

fn errors_page() -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Errors · Pawl</title>\
         <link rel=\"stylesheet\" href=\"{ERRORS_STYLE}\"><main><h1>Errors</h1>\
         <p>Every error is <code>application/problem+json</code> with a stable <code>code</code>. \
         All operations are at <a href=\"/docs\">/docs</a>.</p>{}</main></html>",
        catalogue::to_html()
    )
}
