//! Handlers for blocks: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, page};

pub async fn block_user(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::block_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn unblock_user(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::unblock_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn list_blocks(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    page(&actions::list_blocks(&app, &caller, &request.page()?).await?)
}
