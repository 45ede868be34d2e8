//! The avatar and the cover: users change only their own.

use bytes::Bytes;
use shared::auth::Principal;
use shared::ids::{MediaId, UserId};
use sqlx::PgConnection;

use super::store;
use crate::app::App;
use crate::http::ApiResult;
use crate::media::actions::{
    StoredPicture, attach_picture, claim_picture, discard_picture, store_picture, take_down_picture,
};
use crate::media::model::{AttachedPicture, ProfilePicture};

/// Attaches a sent picture to the caller's profile and replaces the current one.
pub async fn send_picture(
    app: &App,
    caller: &Principal,
    place: ProfilePicture,
    sent: Bytes,
) -> ApiResult<()> {
    let stored = store_picture(app, sent).await?;
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
pub async fn use_picture(
    app: &App,
    caller: &Principal,
    place: ProfilePicture,
    upload_id: MediaId,
) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let shown = store::find_picture(&mut tx, caller.user_id, place).await?;
    if shown == Some(upload_id) {
        return Ok(());
    }
    // Media are locked before profiles, as when media are attached to a post.
    let attached = claim_picture(&mut tx, caller.user_id, place, upload_id).await?;
    let before = store::lock_picture(&mut tx, caller.user_id, place).await?;
    replace(
        &mut tx,
        caller.user_id,
        place,
        Change {
            before,
            after: Some(&attached),
        },
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the caller's picture; the default one is shown again.
pub async fn delete_picture(app: &App, caller: &Principal, place: ProfilePicture) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let before = store::lock_picture(&mut tx, caller.user_id, place).await?;
    replace(
        &mut tx,
        caller.user_id,
        place,
        Change {
            before,
            after: None,
        },
    )
    .await?;
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
    let before = store::lock_picture(connection, user_id, place).await?;
    let attached = attach_picture(connection, user_id, place, stored).await?;
    replace(
        connection,
        user_id,
        place,
        Change {
            before,
            after: Some(&attached),
        },
    )
    .await
}

/// The previous and the new picture of a profile.
struct Change<'a> {
    before: Option<MediaId>,
    after: Option<&'a AttachedPicture>,
}

/// Replaces the current picture by another one, or by none.
async fn replace(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
    change: Change<'_>,
) -> ApiResult<()> {
    store::set_picture(connection, user_id, place, change.after).await?;
    if let Some(before) = change.before {
        take_down_picture(connection, before, change.after.is_some()).await?;
    }
    Ok(())
}
