//! Handlers for media: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, ok};

pub async fn get_media(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    ok(&actions::get_media(&app, viewer.as_ref(), request.param(0)?).await?)
}

pub async fn delete_media(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    actions::delete_media(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}
