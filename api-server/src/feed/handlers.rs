//! Handlers for feeds.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, page};

pub async fn list_home_posts(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    page(&actions::list_home_posts(&app, &caller, &request.page()?).await?)
}

pub async fn list_public_posts(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    page(&actions::list_public_posts(&app, viewer.as_ref(), &request.page()?).await?)
}
