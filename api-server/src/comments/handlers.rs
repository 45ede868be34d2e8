//! Handlers for comments: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{API_BASE, ApiResult, Reply, Request, created_or_replayed, no_content, ok, page};

pub async fn list_post_comments(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    let (post_id, query) = (request.param(0)?, request.page()?);
    page(&actions::list_post_comments(&app, viewer.as_ref(), post_id, &query).await?)
}

pub async fn create_comment(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    let post_id = request.param(0)?;
    let asked = request.keyed_json().await?;
    let comment = actions::create_comment(&app, &caller, post_id, asked).await?;
    created_or_replayed(
        &format!("{API_BASE}/comments/{}", comment.resource.id),
        &comment,
    )
}

pub async fn get_comment(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    ok(&actions::get_comment(&app, viewer.as_ref(), request.param(0)?).await?)
}

pub async fn update_comment(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    let id = request.param(0)?;
    let patch = request.patch().await?;
    ok(&actions::update_comment(&app, &caller, id, patch).await?)
}

pub async fn delete_comment(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    actions::delete_comment(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}

pub async fn like_comment(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::like_comment(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}

pub async fn unlike_comment(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    actions::unlike_comment(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}
