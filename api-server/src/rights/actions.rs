//! Whether a user is an admin: according to the row, not to a claim in the token.

use shared::auth::Principal;
use shared::ids::UserId;
use sqlx::PgConnection;

use super::store;
use crate::http::{ApiError, ApiResult};

/// Whether the user is an active admin now.
pub async fn is_admin(connection: &mut PgConnection, user_id: UserId) -> Result<bool, sqlx::Error> {
    store::is_admin(connection, user_id).await
}

/// The viewer's id if they are an admin; 404 for anyone else, who must not learn that the resource
/// exists. `audit::actions::record_admin_read` records what the admin reads.
pub async fn require_admin(
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
) -> ApiResult<UserId> {
    let viewer_id = viewer.ok_or_else(ApiError::not_found)?.user_id;
    if store::is_admin(connection, viewer_id).await? {
        Ok(viewer_id)
    } else {
        Err(ApiError::not_found())
    }
}
