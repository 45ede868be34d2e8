//! Requests about people, read and answered; nothing is decided here.

use std::sync::Arc;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, ok};

pub async fn get_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let viewer = request.viewer(&app).await?;
    let username: String = request.param(0)?;
    ok(&actions::get_user(&app, viewer.as_ref(), &username).await?)
}

pub async fn update_me(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app).await?;
    ok(&actions::update_me(&app, &caller, request.patch().await?).await?)
}
