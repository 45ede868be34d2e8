//! Whom an operation answers, and the function that does it. The token is verified here, before the
//! handler runs, so that a handler receives the caller that it declares and cannot forget to ask.

use std::pin::Pin;
use std::sync::Arc;

use shared::auth::Principal;

use crate::app::App;
use crate::http::{ApiResult, Reply, Request};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a token is ignored.
    Anyone,
    /// Anyone; a token that is sent must be valid.
    Viewer,
    /// Whoever sends a valid token.
    Caller,
}

type Answer = Pin<Box<dyn Future<Output = ApiResult<Reply>> + Send>>;

/// The function that answers an operation.
pub struct Handler {
    pub access: Access,
    run: Box<dyn Fn(Arc<App>, Request) -> Answer + Send + Sync>,
}

/// A handler that is given no caller.
pub fn for_anyone<H, F>(handler: H) -> Handler
where
    H: Fn(Arc<App>, Request) -> F + Send + Sync + 'static,
    F: Future<Output = ApiResult<Reply>> + Send + 'static,
{
    Handler {
        access: Access::Anyone,
        run: Box::new(move |app, request| Box::pin(handler(app, request))),
    }
}

/// A handler that is given the caller if a token was sent; 401 for a bad one.
pub fn for_viewer<H, F>(handler: H) -> Handler
where
    H: Fn(Arc<App>, Option<Principal>, Request) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = ApiResult<Reply>> + Send + 'static,
{
    let run = move |app: Arc<App>, request: Request| -> Answer {
        Box::pin(async move {
            let viewer = request.viewer(&app.verifier).await?;
            handler(app, viewer, request).await
        })
    };
    Handler {
        access: Access::Viewer,
        run: Box::new(run),
    }
}

/// A handler that is given the caller; 401 without a valid token.
pub fn for_caller<H, F>(handler: H) -> Handler
where
    H: Fn(Arc<App>, Principal, Request) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = ApiResult<Reply>> + Send + 'static,
{
    let run = move |app: Arc<App>, request: Request| -> Answer {
        Box::pin(async move {
            let caller = request.caller(&app.verifier).await?;
            handler(app, caller, request).await
        })
    };
    Handler {
        access: Access::Caller,
        run: Box::new(run),
    }
}

impl Handler {
    /// Verifies the token as declared, and hands the request on.
    pub async fn answer(&self, app: Arc<App>, request: Request) -> ApiResult<Reply> {
        (self.run)(app, request).await
    }
}
