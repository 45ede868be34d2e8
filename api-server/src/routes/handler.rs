//! The access that an operation requires, and the function that runs it. The token is verified
//! here, before the handler runs, so that a handler cannot forget to check it.

use std::pin::Pin;
use std::sync::Arc;

use shared::auth::Principal;

use crate::app::App;
use crate::http::{ApiResult, Reply, Request};

/// The callers whom an operation accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a token is ignored.
    Anyone,
    /// Anyone; if there is a token, it must be valid.
    Viewer,
    /// Requires a valid token.
    Caller,
}

type Answer = Pin<Box<dyn Future<Output = ApiResult<Reply>> + Send>>;

/// The function that answers an operation.
pub struct Handler {
    pub access: Access,
    run: Box<dyn Fn(Arc<App>, Request) -> Answer + Send + Sync>,
}

/// A handler that does not receive the caller.
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

/// A handler that receives the caller if there is a token; 401 if the token is invalid.
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

/// A handler that receives the caller; 401 without a valid token.
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
    /// Verifies the token as declared, and runs the handler.
    pub async fn answer(&self, app: Arc<App>, request: Request) -> ApiResult<Reply> {
        (self.run)(app, request).await
    }
}
