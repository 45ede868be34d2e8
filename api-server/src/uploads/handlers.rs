//! Requests about uploads, read and answered; nothing is decided here.

use std::sync::Arc;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, ok};

pub async fn get_upload(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    ok(&actions::get_upload(&app, &caller, request.param(0)?).await?)
}
