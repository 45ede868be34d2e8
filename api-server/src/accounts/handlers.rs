//! Handlers for accounts: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use crate::app::App;
use crate::http::{API_BASE, ApiResult, Reply, Request, created, no_content, ok, unstored};

pub async fn create_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let room = app.pictures.room(request.network());
    let form = request.form(room).await?;
    let me = actions::create_user(&app, form.fields, form.picture.clone()).await?;
    created(&format!("{API_BASE}/users/{}", me.user.username), &me).map(unstored)
}

pub async fn get_me(app: Arc<App>, caller: Principal, _: Request) -> ApiResult<Reply> {
    ok(&actions::get_me(&app, &caller).await?)
}

pub async fn update_password(
    app: Arc<App>,
    caller: Principal,
    request: Request,
) -> ApiResult<Reply> {
    let network = request.network();
    let change = request.json().await?;
    actions::update_password(&app, &caller, change, &network).await?;
    Ok(no_content())
}
