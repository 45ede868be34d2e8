//! The declaration of one API operation: its path, access and action. Dispatch, the
//! `Allow` header, metric labels, the permission tests and `/openapi.json` use it.

use http::Method;

use super::description::Description;
use super::handler::{Access, Handler, Run};
use super::tag::Tag;
use crate::http::RateClass;
use crate::openapi::refusals::Codes;

/// An operation.
pub struct Route {
    pub method: Method,
    /// Its path with `{parameters}`, below [`API_BASE`](crate::http::API_BASE).
    pub template: &'static str,
    /// Its name, which is also the action's.
    pub operation_id: &'static str,
    pub access: Access,
    pub run: Run,
    pub rate: RateClass,
    pub description: Description,
}

impl Route {
    pub fn get(template: &'static str, handler: Handler) -> Self {
        Self::new(Method::GET, template, handler)
    }

    pub fn post(template: &'static str, handler: Handler) -> Self {
        Self::new(Method::POST, template, handler)
    }

    pub fn put(template: &'static str, handler: Handler) -> Self {
        Self::new(Method::PUT, template, handler)
    }

    pub fn patch(template: &'static str, handler: Handler) -> Self {
        Self::new(Method::PATCH, template, handler)
    }

    pub fn delete(template: &'static str, handler: Handler) -> Self {
        Self::new(Method::DELETE, template, handler)
    }

    fn new(method: Method, template: &'static str, handler: Handler) -> Self {
        let Handler {
            operation_id,
            access,
            description,
            run,
        } = handler;
        Self {
            method,
            template,
            operation_id,
            access,
            run,
            rate: RateClass::default(),
            description,
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

    /// Adds these error codes to those that follow from the arguments.
    pub fn refuses(mut self, codes: Codes) -> Self {
        self.description.refusals.add(codes);
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
