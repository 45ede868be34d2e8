//! The warp side of routes. Each step is boxed: unboxed chains take minutes to compile.

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use http::Method;
use shared::http::{BoxError, ClientIp, Draining, Operation};
use tokio::sync::OnceCell;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::FullPath;

use crate::http::{BodyStream, Request};

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
        Box::pin(body) as BodyStream
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
                operation.set(operation_id);
            }
        })
        .untuple_one()
        .boxed()
}

fn buffer(chunk: &mut impl Buf) -> Bytes {
    chunk.copy_to_bytes(chunk.remaining())
}
