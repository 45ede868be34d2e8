//! Handlers for mutes: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, page};

pub async fn mute_user(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::mute_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn unmute_user(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::unmute_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn list_mutes(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    page(&actions::list_mutes(&app, &caller, &request.page()?).await?)
}
