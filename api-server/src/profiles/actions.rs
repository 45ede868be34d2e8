//! Changes of profiles: users change only their own. `reading` decides who sees whom.

mod reading;

use shared::auth::Principal;

use super::model::{Me, ProfilePatch};
pub use super::pictures::{
    attach_stored_picture, delete_avatar, delete_cover, update_avatar, update_cover,
};
use super::store;
use crate::app::App;
use crate::http::{ApiResult, Patch};
pub use reading::{
    find_any_user, find_listed_user, find_other_user, find_visible_user, get_own_user, get_user,
    list_blocked_users, list_users, page_of_users, refuse_oneself,
};

/// Changes the caller's own profile; absent fields stay.
pub async fn update_me(
    app: &App,
    caller: &Principal,
    Patch(patch): Patch<ProfilePatch>,
) -> ApiResult<Me> {
    let mut tx = app.pool.begin().await?;
    store::update_profile(&mut tx, caller.user_id, &patch).await?;
    let me = get_own_user(&mut tx, caller.user_id).await?;
    tx.commit().await?;
    Ok(me)
}
