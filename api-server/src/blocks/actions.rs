//! Permissions of blocks: a user may block and unblock everybody who exists, seen or not, so that
//! the answer never reveals that the other user blocks the caller.

use shared::auth::Principal;
use shared::ids::UserId;

use super::store;
use crate::app::App;
use crate::follows;
use crate::http::{ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::profiles::actions::{find_any_user, list_blocked_users, refuse_oneself};
use crate::profiles::model::{SoughtUsername, User};

const BLOCKS: ListKind = ListKind::newest_first(6);

/// Blocks a user, and ends follows and requests in both directions.
pub async fn block_user(app: &App, caller: &Principal, username: SoughtUsername) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    let user_id = find_any_user(&mut tx, &username).await?;
    refuse_oneself(caller, user_id)?;
    follows::actions::end_between(&mut tx, caller.user_id, user_id).await?;
    store::insert_block(&mut tx, caller.user_id, user_id).await?;
    tx.commit().await?;
    app.events.wake();
    Ok(())
}

/// Removes a block; the ended follows do not come back.
pub async fn unblock_user(
    app: &App,
    caller: &Principal,
    username: SoughtUsername,
) -> ApiResult<()> {
    let mut connection = app.pool.acquire_to_write().await?;
    let user_id = find_any_user(&mut connection, &username).await?;
    store::delete_block(&mut connection, caller.user_id, user_id).await?;
    Ok(())
}

/// The users whom the caller blocks, the newest block first.
pub async fn list_blocks(app: &App, caller: &Principal, query: PageQuery) -> ApiResult<Page<User>> {
    let asked = query.of(BLOCKS.of(caller.user_id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let keys = store::list_blocks(&mut connection, caller.user_id, asked.request).await?;
    let keys = PageKeys::scanned(&keys, asked);
    let users = list_blocked_users(&mut connection, caller, &keys.ids(UserId)).await?;
    Ok(keys.page(users))
}
