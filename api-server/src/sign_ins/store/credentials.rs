//! The SQL statements about passwords to check.

use shared::ids::UserId;
use sqlx::PgConnection;

use crate::account_texts::{mailbox, own_spelling};
use crate::rights::model::AccountState;
use crate::sign_ins::model::Credentials;

/// Finds by username or by any spelling of the e-mail address; no username contains an `@`. Two
/// accounts may have the same mailbox since before mailboxes were compared: then the one with this
/// very address is found.
pub async fn find_credentials(
    connection: &mut PgConnection,
    login: &str,
) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as!(
        Credentials,
        r#"
        select id as "user_id: UserId", password_hash, state as "state: AccountState"
        from users
        where lower(username) = lower($1)
            or coalesce(mailbox, lower(email collate "C")) in ($2, $3)
        order by coalesce(mailbox, lower(email collate "C")) = $3 desc
        limit 1
        "#,
        login,
        mailbox(login),
        own_spelling(login)
    )
    .fetch_optional(connection)
    .await
}

pub async fn find_credentials_of(
    connection: &mut PgConnection,
    user_id: UserId,
) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as!(
        Credentials,
        r#"
        select id as "user_id: UserId", password_hash, state as "state: AccountState"
        from users
        where id = $1
        "#,
        user_id.0
    )
    .fetch_optional(connection)
    .await
}

/// Locks an active user's row until the transaction ends. False if the password or the state has
/// changed since they were read. Only changes of these two wait for the lock.
pub async fn lock_user(
    connection: &mut PgConnection,
    user_id: UserId,
    password_hash: &str,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query!(
        r#"
        select id
        from users
        where id = $1
            and password_hash = $2
            and state = 'active'
        for no key update
        "#,
        user_id.0,
        password_hash
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}
