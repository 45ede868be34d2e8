//! Completes the mailboxes of accounts that an older release created.

use super::model::WithoutMailbox;
use super::store;
use crate::account_texts::{mailbox, own_spelling};
use crate::app::App;
use crate::http::ApiResult;

/// How many accounts one batch completes.
const AT_ONCE: i64 = 500;

/// Computes the mailboxes of the next accounts that have none; returns how many accounts, 0 at the
/// end. If two accounts turn out to have the same mailbox, both stay: the one that has the mailbox
/// keeps it, and the other one keeps the spelling with which it signed up.
pub async fn complete_mailboxes(app: &App) -> ApiResult<usize> {
    let mut connection = app.pool.acquire_to_write().await?;
    let accounts = store::list_without_mailbox(&mut connection, AT_ONCE).await?;
    for WithoutMailbox { user_id, email } in &accounts {
        let own = own_spelling(email);
        let unique = mailbox(email).unwrap_or_else(|| own.clone());
        if !store::set_mailbox(&mut connection, *user_id, &unique).await? {
            store::set_mailbox(&mut connection, *user_id, &own).await?;
            tracing::warn!(
                user.id = %user_id,
                "another account has the same mailbox in another spelling; both stay"
            );
        }
    }
    Ok(accounts.len())
}
