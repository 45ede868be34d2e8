//! Requests about mutes, read and answered; nothing is decided here.

use std::sync::Arc;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, no_content, page};

pub async fn mute_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::mute_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn unmute_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::unmute_user(&app, &caller, &request.param::<String>(0)?).await?;
    Ok(no_content())
}

pub async fn list_mutes(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    page(&actions::list_mutes(&app, &caller, &request.page()?).await?)
}
