//! Handlers for posts: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{
    API_BASE, ApiResult, Keyed, Reply, Request, created_or_replayed, no_content, ok, page,
};

pub async fn create_post(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    let Keyed { body, key } = request.keyed_json().await?;
    let post = actions::create_post(&app, &caller, body, key.as_ref()).await?;
    created_or_replayed(&format!("{API_BASE}/posts/{}", post.resource.id), &post)
}

pub async fn get_post(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    ok(&actions::get_post(&app, viewer.as_ref(), request.param(0)?).await?)
}

pub async fn list_user_posts(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    let (username, query) = (request.param::<String>(0)?, request.page()?);
    page(&actions::list_user_posts(&app, viewer.as_ref(), &username, &query).await?)
}

pub async fn update_post(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    let id = request.param(0)?;
    ok(&actions::update_post(&app, &caller, id, request.patch().await?).await?)
}

pub async fn delete_post(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::delete_post(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}
