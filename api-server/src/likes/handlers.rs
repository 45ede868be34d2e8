//! Handlers for likes: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, page};

pub async fn like_post(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::like_post(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}

pub async fn unlike_post(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::unlike_post(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}

pub async fn list_post_likes(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    let (id, query) = (request.param(0)?, request.page()?);
    page(&actions::list_post_likes(&app, &caller, id, &query).await?)
}

pub async fn list_liked_posts(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    page(&actions::list_liked_posts(&app, &caller, &request.page()?).await?)
}
