//! The declaration of one API operation: its path, access, inputs and outputs. Dispatch, the
//! `Allow` header, metric labels, the permission tests and `/openapi.json` use it.

use http::Method;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::handler::Handler;
use super::tag::Tag;
use crate::http::RateClass;
use crate::openapi::parts::component;
use crate::openapi::refusals::{Codes, Refusals};
use crate::openapi::schemas::Schemas;

/// An operation. By default it has no request body and answers 204.
pub struct Route {
    pub method: Method,
    /// Its path with `{parameters}`, below [`API_BASE`](crate::http::API_BASE).
    pub template: &'static str,
    /// Its name, which is also the handler's.
    pub operation_id: &'static str,
    pub handler: Handler,
    pub rate: RateClass,
    pub description: Description,
}

/// What `/openapi.json` says about an operation in addition to the other fields of its [`Route`].
#[derive(Default)]
pub struct Description {
    pub tag: Option<Tag>,
    pub summary: &'static str,
    pub text: &'static str,
    /// Query parameters.
    pub query: Vec<Value>,
    /// Schemas of the body, by media type.
    pub bodies: Map<String, Value>,
    pub success: Success,
    /// Its own error codes, in addition to those that follow from its inputs.
    pub refusals: Refusals,
    pub schemas: Schemas,
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

impl Route {
    pub fn get(template: &'static str, operation_id: &'static str, handler: Handler) -> Self {
        Self::new(Method::GET, template, operation_id, handler)
    }

    pub fn post(template: &'static str, operation_id: &'static str, handler: Handler) -> Self {
        Self::new(Method::POST, template, operation_id, handler)
    }

    pub fn put(template: &'static str, operation_id: &'static str, handler: Handler) -> Self {
        Self::new(Method::PUT, template, operation_id, handler)
    }

    pub fn patch(template: &'static str, operation_id: &'static str, handler: Handler) -> Self {
        Self::new(Method::PATCH, template, operation_id, handler)
    }

    pub fn delete(template: &'static str, operation_id: &'static str, handler: Handler) -> Self {
        Self::new(Method::DELETE, template, operation_id, handler)
    }

    fn new(
        method: Method,
        template: &'static str,
        operation_id: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            method,
            template,
            operation_id,
            handler,
            rate: RateClass::default(),
            description: Description::default(),
        }
    }

    /// Limits its requests like sign-ups, in addition to the limits of all requests.
    pub fn limited_as_sign_up(mut self) -> Self {
        self.rate = RateClass::SignUp;
        self
    }

    /// Sets the summary for lists of operations, and a longer description.
    pub fn described(mut self, summary: &'static str, text: &'static str) -> Self {
        self.description.summary = summary;
        self.description.text = text;
        self
    }

    /// Accepts JSON.
    pub fn takes<T: ToSchema>(mut self) -> Self {
        let schema = self.description.schemas.add_request::<T>();
        self.with_body("application/json", &schema)
    }

    /// Also accepts a form with the same fields and a file `picture`.
    pub fn or_form<T: ToSchema>(mut self) -> Self {
        let schema = self.description.schemas.add_form::<T>();
        self.with_body(Description::FORM, &schema)
    }

    /// Accepts a JSON merge patch, in which no field can be null.
    pub fn patches<T: ToSchema>(mut self) -> Self {
        let schema = self.description.schemas.add_patch::<T>();
        self.with_body("application/merge-patch+json", &schema)
            .with_body("application/json", &schema)
    }

    /// Accepts this query parameter.
    pub fn asks(mut self, parameter: &str) -> Self {
        self.description
            .query
            .push(component("parameters", parameter));
        self
    }

    /// Answers 200 with a resource.
    pub fn answers<T: ToSchema>(mut self) -> Self {
        let schema = self.description.schemas.add_answer::<T>();
        self.succeeds(Success::Resource(schema))
    }

    /// Answers 201 with the new resource and its `Location`.
    pub fn creates<T: ToSchema>(mut self) -> Self {
        let schema = self.description.schemas.add_answer::<T>();
        self.succeeds(Success::Created(schema))
    }

    /// Answers 200 with a page of a list.
    pub fn lists<T: ToSchema>(mut self) -> Self {
        let schema = self.description.schemas.add_page::<T>();
        self.succeeds(Success::Page(schema))
            .asks("limit")
            .asks("cursor")
    }

    /// Answers 200 with a page of items of one of two types.
    pub fn lists_either<A: ToSchema, B: ToSchema>(mut self) -> Self {
        let schemas = &mut self.description.schemas;
        let either = json!({ "anyOf": [schemas.add_page::<A>(), schemas.add_page::<B>()] });
        self.succeeds(Success::Page(either))
            .asks("limit")
            .asks("cursor")
    }

    /// Adds these error codes to those that follow from the inputs.
    pub fn refuses(mut self, codes: Codes) -> Self {
        self.description.refusals.add(codes);
        self
    }

    fn with_body(mut self, media_type: &str, schema: &Value) -> Self {
        let body = json!({ "schema": schema });
        self.description.bodies.insert(media_type.to_owned(), body);
        self
    }

    fn succeeds(mut self, success: Success) -> Self {
        self.description.success = success;
        self
    }
}

impl Tag {
    /// Adds the routes to this group.
    pub fn of<const N: usize>(self, routes: [Route; N]) -> Vec<Route> {
        let tagged = routes.into_iter().map(|mut route| {
            route.description.tag = Some(self);
            route
        });
        tagged.collect()
    }
}

impl Description {
    /// The media type of forms.
    pub const FORM: &str = "multipart/form-data";
}
