//! Handlers for sessions: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use super::model::{Origin, Refresh};
use crate::app::App;
use crate::http::{API_BASE, ApiResult, Reply, Request, created, no_content, ok, page, unstored};

pub async fn create_session(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let origin = Origin {
        user_agent: request.user_agent(),
        network: request.network(),
    };
    let tokens = actions::create_session(&app, request.json().await?, origin).await?;
    created(
        &format!("{API_BASE}/sessions/{}", tokens.session_id),
        &tokens,
    )
    .map(unstored)
}

pub async fn refresh_session(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let Refresh { refresh_token } = request.json().await?;
    ok(&actions::refresh_session(&app, &refresh_token).await?).map(unstored)
}

pub async fn delete_current_session(
    app: Arc<App>,
    caller: Principal,
    _: Request,
) -> ApiResult<Reply> {
    actions::delete_current_session(&app, &caller).await?;
    Ok(no_content())
}

pub async fn list_sessions(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    page(&actions::list_sessions(&app, &caller, &request.page()?).await?)
}

pub async fn delete_session(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    actions::delete_session(&app, &caller, request.param(0)?).await?;
    Ok(no_content())
}

pub async fn delete_all_sessions(app: Arc<App>, caller: Principal, _: Request) -> ApiResult<Reply> {
    actions::delete_all_sessions(&app, &caller).await?;
    Ok(no_content())
}
