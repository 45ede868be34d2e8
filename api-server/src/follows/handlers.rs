//! Requests about following, read and answered; nothing is decided here.

use std::sync::Arc;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, page};

pub async fn follow_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::follow_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn unfollow_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::unfollow_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn list_followers(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    let (username, query) = (request.param::<String>(0)?, request.page()?);
    page(&actions::list_followers(&app, &caller, &username, &query).await?)
}

pub async fn list_following(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    let (username, query) = (request.param::<String>(0)?, request.page()?);
    page(&actions::list_following(&app, &caller, &username, &query).await?)
}

pub async fn list_follow_requests(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    page(&actions::list_follow_requests(&app, &caller, &request.page()?).await?)
}

pub async fn accept_follow_request(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::accept_follow_request(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn decline_follow_request(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::decline_follow_request(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}
