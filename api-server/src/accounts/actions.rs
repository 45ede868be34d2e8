//! Actions on accounts, with their permissions.

use shared::auth::Principal;

pub use super::mailboxes::complete_mailboxes;
pub use super::password::update_password;
pub use super::reset::{Reset, reset_password};
pub use super::sign_up::create_user;
pub use super::status::{ChangeOutcome, StatusChange, change_status, list_admins};
use crate::app::App;
use crate::http::ApiResult;
use crate::profiles::actions::get_own_user;
use crate::profiles::model::Me;

/// The caller's own account.
pub async fn get_me(app: &App, caller: &Principal) -> ApiResult<Me> {
    let mut connection = app.pool.acquire().await?;
    get_own_user(&mut connection, caller.user_id).await
}
