//! Handlers for profiles: they parse requests and build answers.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use super::model::PictureChoice;
use crate::app::App;
use crate::http::{ApiError, ApiResult, Reply, Request, no_content, ok};
use crate::media::model::ProfilePicture;

pub async fn get_user(
    app: Arc<App>,
    viewer: Option<Principal>,
    request: Request,
) -> ApiResult<Reply> {
    let username: String = request.param(0)?;
    ok(&actions::get_user(&app, viewer.as_ref(), &username).await?)
}

pub async fn update_me(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    ok(&actions::update_me(&app, &caller, request.patch().await?).await?)
}

pub async fn update_avatar(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    update_picture(&app, &caller, request, ProfilePicture::Avatar).await
}

pub async fn update_cover(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    update_picture(&app, &caller, request, ProfilePicture::Cover).await
}

pub async fn delete_avatar(app: Arc<App>, caller: Principal, _: Request) -> ApiResult<Reply> {
    actions::delete_picture(&app, &caller, ProfilePicture::Avatar).await?;
    Ok(no_content())
}

pub async fn delete_cover(app: Arc<App>, caller: Principal, _: Request) -> ApiResult<Reply> {
    actions::delete_picture(&app, &caller, ProfilePicture::Cover).await?;
    Ok(no_content())
}

async fn update_picture(
    app: &App,
    caller: &Principal,
    request: Request,
    which: ProfilePicture,
) -> ApiResult<Reply> {
    let room = app.pictures.room(request.network());
    let form = request.form::<PictureChoice>(room).await?;
    match (&form.picture, form.fields.upload_id) {
        (Some(sent), None) => actions::send_picture(app, caller, which, sent.clone()).await?,
        (None, Some(id)) => actions::use_picture(app, caller, which, id).await?,
        (Some(_), Some(_)) => {
            let detail = "send either a picture or an upload id, not both";
            return Err(ApiError::field("/upload_id", "too_many_pictures", detail));
        }
        (None, None) => {
            let detail = "a picture or the id of an uploaded picture is required";
            return Err(ApiError::field("/picture", "required", detail));
        }
    }
    Ok(no_content())
}
