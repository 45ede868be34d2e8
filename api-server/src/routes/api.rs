//! All routes as one service over hyper's types.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use shared::http::{Body, BoxError, Problem, boxed};
use tower::Service;
use warp::filters::BoxedFilter;

use super::endpoint::Endpoint;
use super::filters::{fold, no_such_endpoint};
use super::route::Route;
use crate::app::App;
use crate::http::Reply;

/// The API below [`API_BASE`](crate::http::API_BASE).
pub struct Api(BoxedFilter<(Reply,)>);

impl Api {
    /// Serves these routes with `app`.
    pub fn new(routes: Vec<Route>, app: &Arc<App>) -> Self {
        Self(fold(endpoints(routes), app))
    }

    /// Answers a request. HEAD is handled as GET; the caller drops the body.
    pub async fn call<B>(&self, mut request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Sync + 'static,
    {
        // warp would ignore an empty last segment: `/sessions/` would be `/sessions`.
        if request.uri().path().split('/').skip(1).any(str::is_empty) {
            return no_such_endpoint().into_response();
        }
        if request.method() == Method::HEAD {
            *request.method_mut() = Method::GET;
        }
        let Ok(reply) = warp::service(self.0.clone()).call(request).await;
        let mut response = reply.map(boxed);
        match response.extensions_mut().remove::<Problem>() {
            Some(problem) => {
                let mut refusal = problem.into_response();
                refusal
                    .headers_mut()
                    .extend(mem::take(response.headers_mut()));
                refusal
            }
            None => response,
        }
    }
}

/// Groups the routes by template. A literal segment comes before a parameter in the same place,
/// which would match it: `/sessions/current` before `/sessions/{id}`.
fn endpoints(routes: Vec<Route>) -> Vec<Endpoint> {
    let mut by_template = BTreeMap::<_, Vec<Route>>::new();
    for route in routes {
        let segments = route.template.split('/');
        let key: Vec<_> = segments
            .map(|segment| (segment.starts_with('{'), segment))
            .collect();
        by_template.entry(key).or_default().push(route);
    }
    let grouped = by_template.into_values().filter_map(|routes| {
        let template = routes.first()?.template;
        Some(Endpoint::new(template, routes))
    });
    grouped.collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::super::for_anyone;
    use super::*;
    use crate::http::{ApiResult, Network};

    async fn answer(_: &App, _: Network) -> ApiResult<()> {
        Ok(())
    }

    #[test]
    fn a_word_is_tried_before_a_parameter_and_an_address_knows_its_methods() {
        let handler = || for_anyone!(answer);
        let endpoints = endpoints(vec![
            Route::delete("/sessions/{id}", handler()),
            Route::get("/sessions/{id}", handler()),
            Route::delete("/sessions/current", handler()),
            Route::post("/sessions", handler()),
        ]);
        let told: Vec<_> = endpoints
            .iter()
            .map(|endpoint| (endpoint.template, endpoint.allow()))
            .collect();
        let expected = [
            ("/sessions", "POST"),
            ("/sessions/current", "DELETE"),
            ("/sessions/{id}", "DELETE, GET, HEAD"),
        ];
        let expected =
            expected.map(|(template, allow)| (template, HeaderValue::from_static(allow)));
        assert_eq!(told, expected);
    }
}
