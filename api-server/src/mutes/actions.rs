//! Permissions of mutes: a user may mute and unmute everybody who exists, seen or not, so that the
//! answer never reveals that the other user blocks the caller.

use shared::auth::Principal;

use super::store;
use crate::app::App;
use crate::http::{ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::profiles::actions::{find_any_user, page_of_users, refuse_oneself};
use crate::profiles::model::{SoughtUsername, User};

const MUTES: ListKind = ListKind::newest_first(7);

/// Mutes a user.
pub async fn mute_user(app: &App, caller: &Principal, username: SoughtUsername) -> ApiResult<()> {
    let mut connection = app.pool.acquire_to_write().await?;
    let user_id = find_any_user(&mut connection, &username).await?;
    refuse_oneself(caller, user_id)?;
    store::insert_mute(&mut connection, caller.user_id, user_id).await?;
    Ok(())
}

/// Removes a mute.
pub async fn unmute_user(app: &App, caller: &Principal, username: SoughtUsername) -> ApiResult<()> {
    let mut connection = app.pool.acquire_to_write().await?;
    let user_id = find_any_user(&mut connection, &username).await?;
    store::delete_mute(&mut connection, caller.user_id, user_id).await?;
    Ok(())
}

/// The users whom the caller mutes, the newest mute first.
pub async fn list_mutes(app: &App, caller: &Principal, query: PageQuery) -> ApiResult<Page<User>> {
    let asked = query.of(MUTES.of(caller.user_id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let keys = store::list_mutes(&mut connection, caller.user_id, asked.request).await?;
    page_of_users(
        &mut connection,
        Some(caller),
        PageKeys::scanned(&keys, asked),
    )
    .await
}
