//! All routes as one filter.

use std::collections::BTreeMap;
use std::convert::Infallible;

use http::StatusCode;
use shared::http::Problem;
use warp::filters::BoxedFilter;
use warp::{Filter, Rejection};

use super::route::Route;
use crate::http::{API_BASE, Reply, refusal};

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
