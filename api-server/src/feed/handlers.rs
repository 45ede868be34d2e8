//! What is asked of feeds.

use std::sync::Arc;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, page};

pub async fn list_home_posts(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    page(&actions::list_home_posts(&app, &caller, &request.page()?).await?)
}

pub async fn list_public_posts(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let viewer = request.viewer(&app.verifier).await?;
    page(&actions::list_public_posts(&app, viewer.as_ref(), &request.page()?).await?)
}
