//! The warp filters of the routes: they match a path to a template and take the request apart. Each
//! filter is boxed, because unboxed chains take minutes to compile.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use http::StatusCode;
use shared::http::{BoxError, ClientIp, Draining, Operation, Problem};
use tokio::sync::OnceCell;
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::{Filter, Rejection};

use super::endpoint::Endpoint;
use crate::app::App;
use crate::http::{API_BASE, BodyMemory, BodyStream, Head, Reply, Request, refusal};

/// Combines all endpoints into one filter, with a boxed group per first path segment. It always
/// answers: an error is a [`Problem`] in the reply's extensions, without a body. If two endpoints
/// match a path, the first one answers.
pub fn fold(endpoints: Vec<Endpoint>, app: &Arc<App>) -> BoxedFilter<(Reply,)> {
    let mut groups = BTreeMap::<&str, Vec<BoxedFilter<(Reply,)>>>::new();
    for endpoint in endpoints {
        let (first, rest) = split(endpoint.template);
        let filter = filter(rest, endpoint, Arc::clone(app));
        groups.entry(first).or_default().push(filter);
    }
    let groups = groups
        .into_iter()
        .map(|(segment, filters)| warp::path(segment.to_owned()).and(any_of(filters)).boxed());
    let base = API_BASE.split('/').filter(|segment| !segment.is_empty());
    let base = base.fold(warp::any().boxed(), |base, segment| {
        base.and(warp::path(segment)).boxed()
    });
    base.and(any_of(groups.collect()))
        .recover(not_found)
        .unify()
        .boxed()
}

/// The first segment of a template, and the remaining ones.
fn split(template: &'static str) -> (&'static str, &'static str) {
    let template = template.trim_start_matches('/');
    template.split_once('/').unwrap_or((template, ""))
}

/// Passes requests to `endpoint` whose path after the first segment matches `rest`.
fn filter(rest: &'static str, endpoint: Endpoint, app: Arc<App>) -> BoxedFilter<(Reply,)> {
    let endpoint = Arc::new(endpoint);
    path(rest)
        .and(warp::path::end())
        .and(parts(Arc::clone(&app.json_memory)))
        .and(warp::ext::optional::<Operation>())
        .then(move |params, mut request: Request, operation| {
            let (app, endpoint) = (Arc::clone(&app), Arc::clone(&endpoint));
            request.head.params = params;
            async move { endpoint.answer(app, request, operation).await }
        })
        .boxed()
}

/// The parameters of a path, in order.
fn path(template: &'static str) -> BoxedFilter<(Vec<String>,)> {
    let segments = template.split('/').filter(|segment| !segment.is_empty());
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

/// All parts of a request that operations may need; this filter accepts everything and rejects
/// nothing.
fn parts(memory: Arc<BodyMemory>) -> BoxedFilter<(Request,)> {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let body = warp::body::stream().map(|body| {
        let body = StreamExt::map(body, |chunk: Result<_, warp::Error>| {
            chunk
                .map(|mut chunk| buffer(&mut chunk))
                .map_err(BoxError::from)
        });
        Box::pin(body) as BodyStream
    });
    warp::path::full()
        .and(warp::method())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<ClientIp>())
        .and(warp::ext::optional::<Draining>())
        .and(body)
        .map(
            move |path: FullPath, method, query, headers, client, draining, body| {
                let head = Head {
                    path: path.as_str().to_owned(),
                    method,
                    params: Vec::new(),
                    read_params: 0,
                    query,
                    headers,
                    client,
                    draining,
                    operation_id: "",
                    identity: OnceCell::new(),
                };
                Request {
                    head,
                    body,
                    memory: Arc::clone(&memory),
                }
            },
        )
        .boxed()
}

fn buffer(chunk: &mut impl Buf) -> Bytes {
    chunk.copy_to_bytes(chunk.remaining())
}

/// Tries one after the other. Plain `or` would double the type each time.
fn any_of(filters: Vec<BoxedFilter<(Reply,)>>) -> BoxedFilter<(Reply,)> {
    let never = warp::any().and_then(|| async { Err::<Reply, _>(warp::reject::not_found()) });
    filters
        .into_iter()
        .rev()
        .fold(never.boxed(), |rest, filter| {
            filter.or(rest).unify().boxed()
        })
}

/// Nothing else rejects, so no template matches the path.
async fn not_found(_: Rejection) -> Result<Reply, Infallible> {
    Ok(refusal(no_such_endpoint()))
}

/// 404: no template matches the path.
pub fn no_such_endpoint() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found").detail("no endpoint has this path")
}
