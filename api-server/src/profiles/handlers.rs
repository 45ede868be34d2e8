//! Requests about people, read and answered; nothing is decided here.

use std::sync::Arc;

use super::actions;
use super::model::PictureChoice;
use crate::app::App;
use crate::http::{ApiError, ApiResult, Reply, Request, no_content, ok};
use crate::media::model::ProfilePicture;

pub async fn get_user(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let viewer = request.viewer(&app.verifier).await?;
    let username: String = request.param(0)?;
    ok(&actions::get_user(&app, viewer.as_ref(), &username).await?)
}

pub async fn update_me(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    ok(&actions::update_me(&app, &caller, request.patch().await?).await?)
}

pub async fn update_avatar(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    update_picture(&app, request, ProfilePicture::Avatar).await
}

pub async fn update_cover(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    update_picture(&app, request, ProfilePicture::Cover).await
}

pub async fn delete_avatar(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    delete_picture(&app, request, ProfilePicture::Avatar).await
}

pub async fn delete_cover(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    delete_picture(&app, request, ProfilePicture::Cover).await
}

async fn update_picture(app: &App, request: Request, place: ProfilePicture) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    let room = app.pictures.room(request.network());
    let form = request.form::<PictureChoice>(room).await?;
    match (&form.picture, form.fields.upload_id) {
        (Some(sent), None) => actions::send_picture(app, &caller, place, sent.clone()).await?,
        (None, Some(id)) => actions::use_picture(app, &caller, place, id).await?,
        (Some(_), Some(_)) => {
            let detail = "send a picture or name one, not both";
            return Err(ApiError::field("/upload_id", "too_many_pictures", detail));
        }
        (None, None) => {
            let detail = "a picture, or the id of one that was uploaded, is needed";
            return Err(ApiError::field("/picture", "required", detail));
        }
    }
    Ok(no_content())
}

async fn delete_picture(app: &App, request: Request, place: ProfilePicture) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    actions::delete_picture(app, &caller, place).await?;
    Ok(no_content())
}
