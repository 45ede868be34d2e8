//! One service over hyper for all requests: media files and the web client as files, everything
//! else through warp.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Response};
use shared::config::{HttpArgs, OriginArgs};
use shared::http::listen::HttpService;
use shared::http::{Body, Checks, Front, HttpMetrics, Operation, PacedBody, RequestBody};

use crate::app::App;
use crate::cors;
use crate::deadline::{self, Watched};
use crate::docs::Docs;
use crate::jwks;
use crate::media;
use crate::routes::{self, Api};
use crate::web::WebClient;

/// The operations that are not in the API, for metrics.
const MEDIA_FILE: &str = "get_media_file";
const JWKS: &str = "get_jwks";
const HEALTH: &str = "get_health";
const WEB_FILE: &str = "get_web_file";

/// The parts that answer requests.
struct Server {
    app: Arc<App>,
    api: Api,
    docs: Docs,
    web: WebClient,
    checks: Checks,
    http: HttpArgs,
    request_timeout: Duration,
}

/// The parts of the service, except the application.
pub struct Parts {
    pub web: WebClient,
    pub checks: Checks,
    pub origins: OriginArgs,
    pub http: HttpArgs,
    pub request_timeout: Duration,
    pub metrics: HttpMetrics,
}

/// The service for the listener.
pub fn service(app: Arc<App>, parts: Parts) -> impl HttpService {
    let routes = routes::all();
    let operations = routes
        .iter()
        .map(|route| (route.operation_id, &route.method));
    let operations = operations.map(|(operation, method)| (operation, method.clone()));
    parts.metrics.expect(operations);
    let files = [MEDIA_FILE, JWKS, HEALTH, WEB_FILE];
    parts.metrics.expect(files.map(|name| (name, Method::GET)));
    let server = Arc::new(Server {
        docs: Docs::new(&routes),
        api: Api::new(routes, &app),
        app,
        web: parts.web,
        checks: parts.checks,
        http: parts.http,
        request_timeout: parts.request_timeout,
    });
    let service = tower::service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.answer(request).await) }
    });
    Front::new(service, &parts.origins, cors::rules(), parts.metrics)
}

impl Server {
    async fn answer(&self, request: Request<RequestBody>) -> Response<Body> {
        let request = request.map(|body| PacedBody::new(body, &self.http));
        let (request, watcher) = deadline::watch_body(request);
        let answer = self.dispatch(request);
        deadline::answer_within(self.request_timeout, watcher, answer).await
    }

    /// API operations set their own name for metrics; for other requests it is set here.
    async fn dispatch(&self, request: Request<Watched<PacedBody<RequestBody>>>) -> Response<Body> {
        let name = |operation_id| {
            if let Some(operation) = request.extensions().get::<Operation>() {
                operation.set(operation_id);
            }
        };
        match request.uri().path() {
            path if path.starts_with("/api/") => self.api.call(request).await,
            path if path.starts_with("/media/") => {
                name(MEDIA_FILE);
                media::serve_file(&self.app, &request).await
            }
            jwks::PATH => {
                name(JWKS);
                jwks::serve(&self.app, &request).await
            }
            path => {
                if let Some(response) = self.checks.answer(path).await {
                    name(HEALTH);
                    return response;
                }
                name(WEB_FILE);
                match self.docs.answer(&request) {
                    Some(response) => response,
                    None => self.web.serve(&self.app, &request).await,
                }
            }
        }
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
