//! The operations at one template: it selects the route for a request's method and runs it.

use std::sync::Arc;

use http::header::ALLOW;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use shared::http::{Operation, Problem};

use super::route::Route;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, conditional, refusal};

/// The routes of one template, each with a different method.
pub struct Endpoint {
    pub template: &'static str,
    routes: Vec<Route>,
}

impl Endpoint {
    pub fn new(template: &'static str, routes: Vec<Route>) -> Self {
        Self { template, routes }
    }

    /// The methods of the routes, with HEAD if there is a GET.
    pub fn allow(&self) -> HeaderValue {
        let methods = self.routes.iter().map(|route| route.method.as_str());
        let mut methods: Vec<_> = methods.collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        HeaderValue::try_from(methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
    }

    /// Counts the request and passes it to the route with its method; 405 if there is none.
    pub async fn answer(
        &self,
        app: Arc<App>,
        mut request: Request,
        operation: Option<Operation>,
    ) -> Reply {
        let mut routes = self.routes.iter();
        let Some(route) = routes.find(|route| route.method == request.head.method) else {
            return refusal(self.method_not_allowed());
        };
        if let Some(operation) = operation {
            operation.set(route.operation_id);
        }
        let head = &mut request.head;
        head.operation_id = route.operation_id;
        let known = (head.method == Method::GET).then(|| head.headers.clone());
        let status = app.limiter.count(head, route.rate, &app.verifier).await;
        let mut reply = match status.refusal() {
            Some(error) => refusal(error.into_problem()),
            None => finish((route.run)(&app, request).await, known),
        };
        status.add_headers(reply.headers_mut());
        reply
    }

    /// A 405 lists the methods that the path supports (RFC 9110, section 15.5.6).
    fn method_not_allowed(&self) -> Problem {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
            .detail("this endpoint does not support this method")
            .header(ALLOW, self.allow())
    }
}

/// Converts an action's result into a reply. `known` holds the headers of a GET request.
fn finish(reply: ApiResult<Reply>, known: Option<HeaderMap>) -> Reply {
    match (reply, known) {
        (Ok(reply), Some(headers)) => conditional(&headers, reply),
        (Ok(reply), None) => reply,
        (Err(error), _) => refusal(error.into_problem()),
    }
}
