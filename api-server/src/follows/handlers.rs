//! Handlers for follows: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, page};

pub async fn follow_user(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::follow_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn unfollow_user(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::unfollow_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn list_followers(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    let (username, query) = (request.param::<String>(0)?, request.page()?);
    page(&actions::list_followers(&app, &caller, &username, &query).await?)
}

pub async fn list_following(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    let (username, query) = (request.param::<String>(0)?, request.page()?);
    page(&actions::list_following(&app, &caller, &username, &query).await?)
}

pub async fn list_follow_requests(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    page(&actions::list_follow_requests(&app, &caller, &request.page()?).await?)
}

pub async fn accept_follow_request(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    actions::accept_follow_request(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn decline_follow_request(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    actions::decline_follow_request(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}
