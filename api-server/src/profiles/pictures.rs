//! The avatar and the cover: users change only their own.

use shared::auth::Principal;
use shared::ids::{MediaId, UserId};
use sqlx::PgConnection;

use super::model::PictureChoice;
use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult, Form};
use crate::media::actions::{
    StoredPicture, attach_picture, claim_picture, discard_picture, store_picture, take_down_picture,
};
use crate::media::model::{AttachedPicture, ProfilePicture};

/// Sets the caller's avatar.
pub async fn update_avatar(
    app: &App,
    caller: &Principal,
    form: Form<PictureChoice>,
) -> ApiResult<()> {
    update_picture(app, caller, ProfilePicture::Avatar, form).await
}

/// Sets the caller's cover.
pub async fn update_cover(
    app: &App,
    caller: &Principal,
    form: Form<PictureChoice>,
) -> ApiResult<()> {
    update_picture(app, caller, ProfilePicture::Cover, form).await
}

/// Removes the caller's avatar; the default one is shown again.
pub async fn delete_avatar(app: &App, caller: &Principal) -> ApiResult<()> {
    delete_picture(app, caller, ProfilePicture::Avatar).await
}

/// Removes the caller's cover; the default one is shown again.
pub async fn delete_cover(app: &App, caller: &Principal) -> ApiResult<()> {
    delete_picture(app, caller, ProfilePicture::Cover).await
}

/// Sets the picture that the form contains or chooses.
async fn update_picture(
    app: &App,
    caller: &Principal,
    place: ProfilePicture,
    form: Form<PictureChoice>,
) -> ApiResult<()> {
    match (&form.picture, form.fields.upload_id) {
        (Some(sent), None) => {
            let stored = store_picture(app, sent.clone()).await?;
            send_picture(app, caller, place, stored).await
        }
        (None, Some(id)) => use_picture(app, caller, place, id).await,
        (Some(_), Some(_)) => {
            let detail = "send either a picture or an upload id, not both";
            Err(ApiError::field("/upload_id", "too_many_pictures", detail))
        }
        (None, None) => {
            let detail = "a picture or the id of an uploaded picture is required";
            Err(ApiError::field("/picture", "required", detail))
        }
    }
}

/// Attaches a stored picture to the caller's profile and replaces the current one.
async fn send_picture(
    app: &App,
    caller: &Principal,
    place: ProfilePicture,
    stored: StoredPicture,
) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let attached = attach_stored_picture(&mut tx, caller.user_id, place, &stored).await;
    if let Err(error) = attached {
        drop(tx);
        discard_picture(app, stored).await;
        return Err(error);
    }
    // If this fails, the rows may exist nevertheless: the files stay, and the sweep decides.
    tx.commit().await?;
    Ok(())
}

/// Attaches an uploaded picture of the caller to their profile. An already attached picture stays.
async fn use_picture(
    app: &App,
    caller: &Principal,
    place: ProfilePicture,
    upload_id: MediaId,
) -> ApiResult<()> {
    let user_id = caller.user_id;
    let mut tx = app.pool.begin().await?;
    if store::find_picture(&mut tx, user_id, place).await? == Some(upload_id) {
        return Ok(());
    }
    // Media are locked before profiles, as when media are attached to a post.
    let attached = claim_picture(&mut tx, user_id, place, upload_id).await?;
    replace(&mut tx, user_id, place, Some(&attached)).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the caller's picture; the default one is shown again.
async fn delete_picture(app: &App, caller: &Principal, place: ProfilePicture) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    replace(&mut tx, caller.user_id, place, None).await?;
    tx.commit().await?;
    Ok(())
}

/// Attaches a stored picture to a profile, within a larger transaction.
pub async fn attach_stored_picture(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
    stored: &StoredPicture,
) -> ApiResult<()> {
    let attached = attach_picture(connection, user_id, place, stored).await?;
    replace(connection, user_id, place, Some(&attached)).await
}

/// Replaces the current picture by another one, or by none.
async fn replace(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
    picture: Option<&AttachedPicture>,
) -> ApiResult<()> {
    let before = store::lock_picture(connection, user_id, place).await?;
    store::set_picture(connection, user_id, place, picture).await?;
    if let Some(before) = before {
        take_down_picture(connection, before, picture.is_some()).await?;
    }
    Ok(())
}
