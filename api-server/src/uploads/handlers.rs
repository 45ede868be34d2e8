//! Handlers for uploads: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, ok};

pub async fn get_upload(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    ok(&actions::get_upload(&app, &caller, request.param(0)?).await?)
}
