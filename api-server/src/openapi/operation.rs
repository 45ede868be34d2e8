//! How one operation is described: whom it answers, what it takes, what it gives. All that follows
//! from these (the statuses of refusals, the headers) is worked out here once, for all operations.

use http::Method;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::parts::{self, component};
use super::refusals::{self, Codes, Refusals};
use super::schemas::Schemas;
use crate::http::API_BASE;
use crate::routes::Route;

const FORM: &str = "multipart/form-data";

/// Whose requests an operation answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// It looks at no token.
    Anyone,
    /// A token is looked at if there is one.
    Viewer,
    /// There must be one.
    Required,
}

/// The description of one operation.
pub struct Operation {
    pub id: &'static str,
    summary: &'static str,
    description: &'static str,
    caller: Caller,
    query: Vec<Value>,
    bodies: Map<String, Value>,
    status: u16,
    answer: Option<Value>,
    is_paged: bool,
    refusals: Refusals,
    pub schemas: Schemas,
}

/// An operation that looks at no token and answers 204, until it is told otherwise. The summary is
/// what a list of operations shows, the description a sentence that goes with it.
pub fn operation(id: &'static str, summary: &'static str, description: &'static str) -> Operation {
    Operation {
        id,
        summary,
        description,
        caller: Caller::Anyone,
        query: Vec::new(),
        bodies: Map::new(),
        status: 204,
        answer: None,
        is_paged: false,
        refusals: Refusals::default(),
        schemas: Schemas::default(),
    }
}

impl Operation {
    /// Shows what the caller may see; without a token, what anyone may.
    pub fn for_viewer(mut self) -> Self {
        self.caller = Caller::Viewer;
        self
    }

    /// Only for who is signed in.
    pub fn for_caller(mut self) -> Self {
        self.caller = Caller::Required;
        self
    }

    /// Takes JSON.
    pub fn takes<T: ToSchema>(mut self) -> Self {
        let schema = self.schemas.add_request::<T>();
        self.with_body("application/json", &schema)
    }

    /// Takes a form of the same fields too, and beside them a file `picture`.
    pub fn or_form<T: ToSchema>(mut self) -> Self {
        let schema = self.schemas.add_form::<T>();
        self.with_body(FORM, &schema)
    }

    /// Takes a JSON merge patch of fields none of which can be null.
    pub fn patches<T: ToSchema>(mut self) -> Self {
        let schema = self.schemas.add_patch::<T>();
        self.with_body("application/merge-patch+json", &schema)
            .with_body("application/json", &schema)
    }

    /// Answers 200 with a resource.
    pub fn answers<T: ToSchema>(mut self) -> Self {
        self.answer = Some(self.schemas.add_answer::<T>());
        self.status = 200;
        self
    }

    /// Answers 201 with the new resource and its address.
    pub fn creates<T: ToSchema>(self) -> Self {
        Self {
            status: 201,
            ..self.answers::<T>()
        }
    }

    /// Answers 200 with a page of a list.
    pub fn lists<T: ToSchema>(mut self) -> Self {
        self.answer = Some(self.schemas.add_page::<T>());
        self.status = 200;
        self.is_paged = true;
        self.query.extend([
            component("parameters", "limit"),
            component("parameters", "cursor"),
        ]);
        self
    }

    /// Answers 200 with a page of one kind of things or of another.
    pub fn lists_either<A: ToSchema, B: ToSchema>(self) -> Self {
        let mut listed = self.lists::<A>();
        let other = listed.schemas.add_page::<B>();
        listed.answer = listed.answer.map(|one| json!({ "anyOf": [one, other] }));
        listed
    }

    /// Takes this parameter in its query.
    pub fn asks(mut self, parameter: &str) -> Self {
        self.query.push(component("parameters", parameter));
        self
    }

    /// May be refused with these codes, beside those that follow from what it takes.
    pub fn refuses(mut self, codes: Codes) -> Self {
        self.refusals.add(codes);
        self
    }

    fn with_body(mut self, media_type: &str, schema: &Value) -> Self {
        self.bodies
            .insert(media_type.to_owned(), json!({ "schema": schema }));
        self
    }

    /// The operation object of the specification, section 4.8.10.
    pub fn describe(&self, route: &Route, tag: &str) -> Value {
        let described = json!({
            "operationId": self.id,
            "summary": self.summary,
            "description": self.description,
            "tags": [tag],
            "security": self.security(),
            "parameters": self.parameters(route),
            "responses": self.responses(route),
        });
        if self.bodies.is_empty() {
            return described;
        }
        let body = json!({ "required": true, "content": self.bodies });
        parts::with(described, "requestBody", body)
    }

    fn security(&self) -> Value {
        match self.caller {
            Caller::Anyone => json!([]),
            Caller::Viewer => json!([{}, {"bearer": []}]),
            Caller::Required => json!([{"bearer": []}]),
        }
    }

    fn parameters(&self, route: &Route) -> Vec<Value> {
        let in_path = parts::names_in(route.template).map(|name| {
            json!({
                "name": name, "in": "path", "required": true,
                "schema": parts::path_parameter(route.template, name),
            })
        });
        let mut parameters: Vec<_> = in_path.chain(self.query.iter().cloned()).collect();
        if self.is_kept_once() {
            parameters.push(component("parameters", "idempotency-key"));
        }
        if route.method == Method::GET {
            parameters.push(component("parameters", "if-none-match"));
        }
        parameters
    }

    fn responses(&self, route: &Route) -> Value {
        let mut responses = Map::new();
        responses.insert(self.status.to_string(), self.success(route));
        if route.method == Method::GET {
            responses.insert("304".to_owned(), component("responses", "304"));
        }
        responses.extend(self.refusals(route).references());
        Value::Object(responses)
    }

    fn success(&self, route: &Route) -> Value {
        let mut headers = vec!["X-Request-Id", "RateLimit", "RateLimit-Policy"];
        if route.method == Method::GET {
            headers.push("ETag");
        }
        if self.status == 201 {
            headers.push("Location");
        }
        if self.is_paged {
            headers.push("Link");
        }
        if self.is_kept_once() {
            headers.push("Idempotent-Replayed");
        }
        let headers: Map<_, _> = headers
            .into_iter()
            .map(|name| (name.to_owned(), component("headers", name)))
            .collect();
        let success = json!({
            "description": parts::success(self.status),
            "headers": headers,
        });
        match &self.answer {
            Some(schema) => {
                let content = json!({ "application/json": { "schema": schema } });
                parts::with(success, "content", content)
            }
            None => success,
        }
    }

    /// A create by someone known may carry an `Idempotency-Key`.
    fn is_kept_once(&self) -> bool {
        self.status == 201 && self.caller == Caller::Required
    }

    /// All codes with which this operation refuses, of the server as it is described.
    pub fn refusals(&self, route: &Route) -> Refusals {
        let takes_form = self.bodies.contains_key(FORM);
        let parts = [
            (true, refusals::ALWAYS),
            (self.caller != Caller::Anyone, refusals::BAD_TOKEN),
            (self.caller == Caller::Required, refusals::NO_TOKEN),
            (route.template.contains('{'), refusals::IN_PATH),
            (self.is_paged, refusals::PAGE),
            (!self.bodies.is_empty(), refusals::BODY),
            (takes_form, refusals::FORM),
            (self.is_kept_once(), refusals::KEY),
        ];
        let mut all = self.refusals.clone();
        for (_, codes) in parts.iter().filter(|(holds, _)| *holds) {
            all.add(codes);
        }
        all
    }
}

/// The address of a route as the document names it.
pub fn path_of(route: &Route) -> String {
    format!("{API_BASE}{}", route.template)
}
