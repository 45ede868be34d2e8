//! The routes of the API: one table of (method, template, operation id, filter), folded into one
//! service with a boxed group for each first path segment.
//!
//! Nothing rejects after a route has matched, so that a wrong token is never a 404 and a wrong
//! method is never a 401.

mod api;
mod filters;

use std::sync::Arc;

use http::{HeaderMap, Method};
use shared::http::Problem;
use warp::Filter;
use warp::filters::BoxedFilter;

pub use crate::media::{is_public, serve_file};
pub use api::Api;

use crate::app::App;
use crate::http::{ApiResult, Reply, Request, conditional};
use crate::{accounts, feed, instance, likes, media, posts, profiles, search, sessions};
use crate::{blocks, comments, follows, mutes, uploads};

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
        follows::routes(app),
        blocks::routes(app),
        mutes::routes(app),
        posts::routes(app),
        comments::routes(app),
        likes::routes(app),
        feed::routes(app),
        search::routes(app),
        media::routes(app),
        uploads::routes(app),
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
        let filter = filters::path(template)
            .and(warp::path::end())
            .and(filters::method_is(&method))
            .and(filters::parts(operation_id))
            .then(move |params, request: Request| {
                serve(
                    Arc::clone(&app),
                    Request { params, ..request },
                    handler.clone(),
                )
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

/// Counts the request, and hands it on if there is one left.
async fn serve<H, F>(app: Arc<App>, request: Request, handler: H) -> Reply
where
    H: Fn(Arc<App>, Request) -> F,
    F: Future<Output = ApiResult<Reply>>,
{
    let known = (request.method == Method::GET).then(|| request.headers.clone());
    let standing = app.limiter.count(&app, &request).await;
    let mut reply = match standing.refusal() {
        Some(error) => refusal(error.into_problem()),
        None => finish(handler(Arc::clone(&app), request), known).await,
    };
    standing.tell(reply.headers_mut());
    reply
}

/// Awaits a handler and makes what it says an answer. `known` is the header of a GET.
async fn finish(reply: impl Future<Output = ApiResult<Reply>>, known: Option<HeaderMap>) -> Reply {
    match (reply.await, known) {
        (Ok(reply), Some(headers)) => conditional(&headers, reply),
        (Ok(reply), None) => reply,
        (Err(error), _) => refusal(error.into_problem()),
    }
}

/// An answer without a body; the [`Problem`] in its extensions is rendered outside.
fn refusal(problem: Problem) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = problem.status();
    reply.extensions_mut().insert(problem);
    reply
}
