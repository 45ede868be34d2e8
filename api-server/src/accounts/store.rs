//! The SQL statements about accounts. The violated constraint tells which field is taken.

use shared::db;
use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{Admin, HashChange, NewAccount, WithoutMailbox};
use crate::account_texts::mailbox;
use crate::http::{ApiError, ApiResult};
use crate::rights::model::{AccountState, UserRole};

/// Returns an error with the field that is taken.
pub async fn insert_user(
    connection: &mut PgConnection,
    new: &NewAccount,
    password_hash: &str,
) -> ApiResult<UserId> {
    sqlx::query_scalar!(
        r#"
        insert into users (username, email, mailbox, password_hash)
        values ($1, $2, $3, $4)
        returning id as "id: UserId"
        "#,
        &*new.username,
        &*new.email,
        mailbox(&new.email),
        password_hash
    )
    .fetch_one(connection)
    .await
    .map_err(|error| match db::constraint(&error) {
        Some("users_username_unique") => {
            ApiError::conflict_at("username_taken", "/username", "this username is taken")
        }
        Some("users_email_unique" | "users_mailbox_unique") => ApiError::conflict_at(
            "email_taken",
            "/email",
            "this e-mail address has an account",
        ),
        _ => error.into(),
    })
}

pub async fn insert_profile(
    connection: &mut PgConnection,
    user_id: UserId,
    new: &NewAccount,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into profiles (user_id, first_name, last_name)
        values ($1, $2, $3)
        "#,
        user_id.0,
        &*new.first_name,
        &*new.last_name
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The next accounts without a mailbox whose address may have other spellings, the oldest first.
pub async fn list_without_mailbox(
    connection: &mut PgConnection,
    limit: i64,
) -> Result<Vec<WithoutMailbox>, sqlx::Error> {
    sqlx::query_as!(
        WithoutMailbox,
        r#"
        select id as "user_id: UserId", email
        from users
        where mailbox is null
            and (octet_length(email) <> char_length(email) or email ilike '%xn--%')
        order by id
        limit $1
        "#,
        limit
    )
    .fetch_all(connection)
    .await
}

/// False if another account has this mailbox.
pub async fn set_mailbox(
    connection: &mut PgConnection,
    user_id: UserId,
    mailbox: &str,
) -> Result<bool, sqlx::Error> {
    let updated = sqlx::query!(
        "update users set mailbox = $2 where id = $1 and mailbox is null",
        user_id.0,
        mailbox
    )
    .execute(connection)
    .await;
    match updated {
        Err(error) if db::constraint(&error) == Some("users_mailbox_unique") => Ok(false),
        updated => updated.map(|_| true),
    }
}

/// False if the password hash is no longer the old one.
pub async fn update_password_hash(
    connection: &mut PgConnection,
    user_id: UserId,
    hash: HashChange<'_>,
) -> Result<bool, sqlx::Error> {
    let updated = sqlx::query!(
        r#"
        update users
        set password_hash = $3
        where id = $1
            and password_hash = $2
            and state = 'active'
        "#,
        user_id.0,
        hash.old,
        hash.new
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Sets the password of a user, whatever it was before.
pub async fn set_password_hash(
    connection: &mut PgConnection,
    user_id: UserId,
    hash: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update users
        set password_hash = $2
        where id = $1
        "#,
        user_id.0,
        hash
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn list_admins(connection: &mut PgConnection) -> Result<Vec<Admin>, sqlx::Error> {
    sqlx::query_as!(
        Admin,
        r#"
        select username, email, state as "state: AccountState"
        from users
        where role = 'admin' and state <> 'deleted'
        order by username
        "#,
    )
    .fetch_all(connection)
    .await
}

/// False if the user already has the role.
pub async fn set_role(
    connection: &mut PgConnection,
    user_id: UserId,
    role: UserRole,
) -> Result<bool, sqlx::Error> {
    let updated = sqlx::query!(
        r#"
        update users
        set role = $2
        where id = $1
            and role <> $2
        "#,
        user_id.0,
        role as UserRole
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// False if the user already has the state, or is deleted.
pub async fn set_state(
    connection: &mut PgConnection,
    user_id: UserId,
    state: AccountState,
) -> Result<bool, sqlx::Error> {
    let updated = sqlx::query!(
        r#"
        update users
        set state = $2, state_changed_at = clock_timestamp()
        where id = $1
            and state not in ($2, 'deleted')
        "#,
        user_id.0,
        state as AccountState
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}
