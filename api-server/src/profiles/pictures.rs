//! The avatar and the cover: everyone changes their own.

use bytes::Bytes;
use shared::auth::Principal;
use shared::ids::{MediaId, UserId};
use sqlx::PgConnection;

use super::store;
use crate::app::App;
use crate::http::ApiResult;
use crate::media::actions::{
    StoredPicture, claim_picture, discard_picture, hang_picture, store_picture, take_down_picture,
};
use crate::media::model::{HungPicture, ProfilePicture};

/// Hangs a picture that was sent on the caller's profile; the one that was there is replaced.
pub async fn send_picture(
    app: &App,
    caller: &Principal,
    place: ProfilePicture,
    sent: Bytes,
) -> ApiResult<()> {
    let stored = store_picture(app, sent).await?;
    let mut tx = app.pool.begin().await?;
    let hung = hang_stored_picture(&mut tx, caller.user_id, place, &stored).await;
    if let Err(error) = hung {
        drop(tx);
        discard_picture(app, stored).await;
        return Err(error);
    }
    // Should this fail, the rows may be there all the same: the files stay, for the sweep to judge.
    tx.commit().await?;
    Ok(())
}

/// Hangs a picture that the caller has uploaded on their profile. The one that hangs there already
/// stays.
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
    // Media before profiles, as whoever hangs one on a post.
    let hung = claim_picture(&mut tx, caller.user_id, place, upload_id).await?;
    let before = store::lock_picture(&mut tx, caller.user_id, place).await?;
    replace(
        &mut tx,
        caller.user_id,
        place,
        Change {
            before,
            after: Some(&hung),
        },
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the caller's picture down; the default one is shown again.
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

/// Hangs a stored picture on a profile; part of a larger transaction.
pub async fn hang_stored_picture(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
    stored: &StoredPicture,
) -> ApiResult<()> {
    let before = store::lock_picture(connection, user_id, place).await?;
    let hung = hang_picture(connection, user_id, place, stored).await?;
    replace(
        connection,
        user_id,
        place,
        Change {
            before,
            after: Some(&hung),
        },
    )
    .await
}

/// What becomes of a place on a profile.
struct Change<'a> {
    before: Option<MediaId>,
    after: Option<&'a HungPicture>,
}

/// Puts a picture, or none, in the place of the one that was there.
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
