//! The routes of the API: one table of (method, template, operation id, filter), folded into one
//! filter with a boxed group for each first path segment.
//!
//! Nothing rejects after a route has matched, so that a wrong token is never a 404 and a wrong
//! method is never a 401.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use http::{HeaderMap, Method, StatusCode};
use shared::http::{BoxError, ClientIp, Draining, Problem};
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::{Filter, Rejection};

use crate::app::App;
use crate::http::{API_BASE, ApiResult, Reply, Request, conditional};
use crate::{accounts, feed, instance, media, posts, profiles, sessions};

/// One operation of the API.
pub struct Route {
    /// The method that it answers.
    pub method: Method,
    /// Its path with `{parameters}`, below [`API_BASE`].
    pub template: &'static str,
    /// Its name; the handler has the same.
    pub operation_id: &'static str,
    filter: BoxedFilter<(Reply,)>,
}

/// Every route there is.
pub fn all(app: &Arc<App>) -> Vec<Route> {
    [
        accounts::routes(app),
        sessions::routes(app),
        profiles::routes(app),
        posts::routes(app),
        feed::routes(app),
        media::routes(app),
        instance::routes(app),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Route {
    /// A route whose requests go to `handler`.
    pub fn new<H, F>(
        method: Method,
        template: &'static str,
        operation_id: &'static str,
        app: &Arc<App>,
        handler: H,
    ) -> Self
    where
        H: Fn(Arc<App>, Request) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ApiResult<Reply>> + Send + 'static,
    {
        let app = Arc::clone(app);
        let filter = path(template)
            .and(warp::path::end())
            .and(method_is(&method))
            .and(parts())
            .then(move |params, request: Request| {
                let known = (request.method == Method::GET).then(|| request.headers.clone());
                let reply = handler(Arc::clone(&app), Request { params, ..request });
                finish(reply, known)
            })
            .boxed();
        Self {
            method,
            template,
            operation_id,
            filter,
        }
    }

    fn first_segment(&self) -> &'static str {
        self.template
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
    }
}

/// One filter of them all; it always answers. What it cannot serve is answered with a
/// [`Problem`] in the reply's extensions and no body.
pub fn filter(routes: Vec<Route>) -> BoxedFilter<(Reply,)> {
    let mut groups = BTreeMap::<&'static str, Vec<BoxedFilter<(Reply,)>>>::new();
    for route in routes {
        groups
            .entry(route.first_segment())
            .or_default()
            .push(route.filter);
    }
    let groups = groups
        .into_iter()
        .map(|(segment, filters)| warp::path(segment).and(any_of(filters)).boxed());
    let base = API_BASE.split('/').filter(|segment| !segment.is_empty());
    let base = base.fold(warp::any().boxed(), |base, segment| {
        base.and(warp::path(segment)).boxed()
    });
    base.and(any_of(groups.collect()))
        .recover(refuse)
        .unify()
        .boxed()
}

/// The methods that some route takes at `path`; for `Allow`.
pub fn methods_at(routes: &[(Method, &'static str)], path: &str) -> Vec<Method> {
    let Some(path) = path.strip_prefix(API_BASE) else {
        return Vec::new();
    };
    let fits = |template: &str| {
        let (template, path) = (template.split('/'), path.trim_end_matches('/').split('/'));
        let matches = |(a, b): (&str, &str)| a == b || (a.starts_with('{') && !b.is_empty());
        template.clone().count() == path.clone().count() && template.zip(path).all(matches)
    };
    let methods = routes.iter().filter(|(_, template)| fits(template));
    methods.map(|(method, _)| method.clone()).collect()
}

/// Awaits a handler and makes what it says an answer. `known` is the header of a GET.
async fn finish(reply: impl Future<Output = ApiResult<Reply>>, known: Option<HeaderMap>) -> Reply {
    match (reply.await, known) {
        (Ok(reply), Some(headers)) => conditional(&headers, reply),
        (Ok(reply), None) => reply,
        (Err(error), _) => refusal(error.into_problem()),
    }
}

/// What stands behind the first segment of a template; its parameters in order.
fn path(template: &'static str) -> BoxedFilter<(Vec<String>,)> {
    let segments = template.trim_start_matches('/').split('/').skip(1);
    segments.fold(warp::any().map(Vec::new).boxed(), |path, segment| {
        if !segment.starts_with('{') {
            return path.and(warp::path(segment)).boxed();
        }
        let push = |mut params: Vec<String>, param| {
            params.push(param);
            params
        };
        path.and(warp::path::param::<String>()).map(push).boxed()
    })
}

fn method_is(method: &Method) -> BoxedFilter<()> {
    match *method {
        Method::POST => warp::post().boxed(),
        Method::PUT => warp::put().boxed(),
        Method::PATCH => warp::patch().boxed(),
        Method::DELETE => warp::delete().boxed(),
        _ => warp::get().boxed(),
    }
}

/// All of a request that handlers may want; it takes everything and rejects nothing.
fn parts() -> BoxedFilter<(Request,)> {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let body = warp::body::stream().map(|body| {
        let body = StreamExt::map(body, |chunk: Result<_, warp::Error>| {
            chunk
                .map(|mut chunk| buffer(&mut chunk))
                .map_err(BoxError::from)
        });
        Box::pin(body) as crate::http::BodyStream
    });
    warp::path::full()
        .and(warp::method())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<ClientIp>())
        .and(warp::ext::optional::<Draining>())
        .and(body)
        .map(
            |path: FullPath, method, query, headers, client, draining, body| Request {
                path: path.as_str().to_owned(),
                method,
                params: Vec::new(),
                query,
                headers,
                client,
                draining,
                body,
            },
        )
        .boxed()
}

fn buffer(chunk: &mut impl Buf) -> Bytes {
    chunk.copy_to_bytes(chunk.remaining())
}

/// Tries one after the other. `or` alone would double the type each time.
fn any_of(filters: Vec<BoxedFilter<(Reply,)>>) -> BoxedFilter<(Reply,)> {
    let never = warp::any().and_then(|| async { Err::<Reply, _>(warp::reject::not_found()) });
    filters
        .into_iter()
        .rev()
        .fold(never.boxed(), |rest, filter| {
            filter.or(rest).unify().boxed()
        })
}

/// What no route took.
async fn refuse(rejection: Rejection) -> Result<Reply, Infallible> {
    let problem = if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
            .detail("this address does not take this method")
    } else {
        Problem::new(StatusCode::NOT_FOUND, "not_found").detail("there is no such address")
    };
    Ok(refusal(problem))
}

fn refusal(problem: Problem) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = problem.status();
    reply.extensions_mut().insert(problem);
    reply
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
            [Method::GET, Method::DELETE]
        );
        assert_eq!(methods_at(&routes, "/api/v1/posts"), [Method::POST]);
        assert_eq!(methods_at(&routes, "/api/v1/posts/7/x"), [Method::GET; 0]);
        assert_eq!(methods_at(&routes, "/elsewhere"), [Method::GET; 0]);
    }
}
