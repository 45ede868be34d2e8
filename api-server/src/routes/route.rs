//! One operation of the API, and the filter that answers it.

use std::sync::Arc;

use http::{HeaderMap, Method};
use warp::Filter;
use warp::filters::BoxedFilter;

use super::filters;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, conditional, refusal};

/// One operation of the API.
pub struct Route {
    /// The method that it answers.
    pub method: Method,
    /// Its path with `{parameters}`, below [`API_BASE`](crate::http::API_BASE).
    pub template: &'static str,
    /// Its name; the handler has the same.
    pub operation_id: &'static str,
    pub(super) filter: BoxedFilter<(Reply,)>,
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

    pub(super) fn first_segment(&self) -> &'static str {
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
    let status = app.limiter.count(&request, &app.verifier).await;
    let mut reply = match status.refusal() {
        Some(error) => refusal(error.into_problem()),
        None => finish(handler(Arc::clone(&app), request), known).await,
    };
    status.tell(reply.headers_mut());
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
