//! All routes as one service over hyper's types.

use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use shared::http::{Body, BoxError, Problem, boxed};
use tower::Service;
use warp::filters::BoxedFilter;

use super::all::all;
use super::fold::fold;
use crate::app::App;
use crate::http::{API_BASE, Reply};

/// The API below [`API_BASE`].
pub struct Api {
    filter: BoxedFilter<(Reply,)>,
    table: Vec<(Method, &'static str)>,
}

impl Api {
    /// All routes on `app`.
    pub fn new(app: &Arc<App>) -> Self {
        let routes = all(app);
        let table = routes
            .iter()
            .map(|route| (route.method.clone(), route.template))
            .collect();
        Self {
            table,
            filter: fold(routes),
        }
    }

    /// Answers a request; HEAD as GET, whose body the caller takes away.
    pub async fn call<B>(&self, mut request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Sync + 'static,
    {
        let path = request.uri().path().to_owned();
        if request.method() == Method::HEAD {
            *request.method_mut() = Method::GET;
        }
        let Ok(reply) = warp::service(self.filter.clone()).call(request).await;
        let mut response = reply.map(boxed);
        match response.extensions_mut().remove::<Problem>() {
            Some(problem) => {
                let mut refusal = self.with_allow(problem, &path).into_response();
                refusal
                    .headers_mut()
                    .extend(mem::take(response.headers_mut()));
                refusal
            }
            None => response,
        }
    }

    /// A 405 tells what the address does take (RFC 9110, section 15.5.6).
    fn with_allow(&self, problem: Problem, path: &str) -> Problem {
        if problem.status() != StatusCode::METHOD_NOT_ALLOWED {
            return problem;
        }
        let methods = methods_at(&self.table, path);
        let names: Vec<_> = methods.iter().map(Method::as_str).collect();
        match HeaderValue::from_str(&names.join(", ")) {
            Ok(names) => problem.header(ALLOW, names),
            Err(_) => problem,
        }
    }
}

/// The methods that some route takes at `path`.
fn methods_at(routes: &[(Method, &'static str)], path: &str) -> Vec<Method> {
    let Some(path) = path.strip_prefix(API_BASE) else {
        return Vec::new();
    };
    let fits = |template: &str| {
        let (template, path) = (template.split('/'), path.trim_end_matches('/').split('/'));
        let matches = |(a, b): (&str, &str)| a == b || (a.starts_with('{') && !b.is_empty());
        template.clone().count() == path.clone().count() && template.zip(path).all(matches)
    };
    let fitting = routes.iter().filter(|(_, template)| fits(template));
    let mut methods = Vec::new();
    for (method, _) in fitting {
        // An address may fit a word and a parameter at once.
        if !methods.contains(method) {
            methods.push(method.clone());
        }
    }
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_methods_of_an_address_are_those_of_all_templates_that_fit() {
        let routes = [
            (Method::GET, "/posts/{id}"),
            (Method::DELETE, "/posts/{id}"),
            (Method::POST, "/posts"),
        ];
        assert_eq!(
            methods_at(&routes, "/api/v1/posts/7"),
            [Method::GET, Method::DELETE, Method::HEAD]
        );
        assert_eq!(methods_at(&routes, "/api/v1/posts"), [Method::POST]);
        assert_eq!(methods_at(&routes, "/api/v1/posts/7/x"), [Method::GET; 0]);
        assert_eq!(methods_at(&routes, "/elsewhere"), [Method::GET; 0]);
    }
}
