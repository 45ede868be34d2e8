//! The warp side of routes. Each step is boxed: unboxed chains take minutes to compile.

use std::collections::BTreeMap;
use std::convert::Infallible;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use http::{Method, StatusCode};
use shared::http::{BoxError, ClientIp, Draining, Operation, Problem};
use tokio::sync::OnceCell;
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::{Filter, Rejection};

use super::{Route, refusal};
use crate::http::{API_BASE, Reply, Request};

/// One filter of them all; it always answers. What it cannot serve is answered with a
/// [`Problem`] in the reply's extensions and no body.
pub fn fold(routes: Vec<Route>) -> BoxedFilter<(Reply,)> {
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

/// What stands behind the first segment of a template; its parameters in order.
pub fn path(template: &'static str) -> BoxedFilter<(Vec<String>,)> {
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

pub fn method_is(method: &Method) -> BoxedFilter<()> {
    match *method {
        Method::POST => warp::post().boxed(),
        Method::PUT => warp::put().boxed(),
        Method::PATCH => warp::patch().boxed(),
        Method::DELETE => warp::delete().boxed(),
        _ => warp::get().boxed(),
    }
}

/// All of a request that handlers may want; it takes everything and rejects nothing.
pub fn parts(operation_id: &'static str) -> BoxedFilter<(Request,)> {
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
        .and(named(operation_id))
        .and(body)
        .map(
            move |path: FullPath, method, query, headers, client, draining, body| Request {
                path: path.as_str().to_owned(),
                method,
                params: Vec::new(),
                query,
                headers,
                client,
                draining,
                body,
                operation_id,
                identity: OnceCell::new(),
            },
        )
        .boxed()
}

/// Tells the front what was asked for.
fn named(operation_id: &'static str) -> BoxedFilter<()> {
    warp::ext::optional::<Operation>()
        .map(move |operation: Option<Operation>| {
            if let Some(operation) = operation {
                operation.name(operation_id);
            }
        })
        .untuple_one()
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
