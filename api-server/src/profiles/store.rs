//! The statements about profiles. Who is not active is not there.

use shared::ids::UserId;
use sqlx::PgConnection;

use super::model::{DEFAULT_AVATAR, DEFAULT_COVER, User};

/// An active user, by name without regard to case.
pub async fn find_user(
    connection: &mut PgConnection,
    username: &str,
) -> Result<Option<User>, sqlx::Error> {
    let row = sqlx::query!(
        r#"
        select
            users.id as "id: UserId",
            users.username,
            users.created_at,
            profiles.first_name,
            profiles.last_name,
            profiles.bio,
            profiles.is_private,
            profiles.followers_count,
            profiles.following_count,
            profiles.posts_count
        from users
        join profiles on profiles.user_id = users.id
        where lower(users.username) = lower($1)
            and users.state = 'active'
        "#,
        username
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| User {
        id: row.id,
        username: row.username,
        first_name: row.first_name,
        last_name: row.last_name,
        bio: row.bio,
        avatar_url: DEFAULT_AVATAR.to_owned(),
        cover_url: DEFAULT_COVER.to_owned(),
        is_private: row.is_private,
        followers_count: row.followers_count,
        following_count: row.following_count,
        posts_count: row.posts_count,
        created_at: row.created_at,
        viewer: None,
    }))
}

/// The id of an active user.
pub async fn find_user_id(
    connection: &mut PgConnection,
    username: &str,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select id as "id: UserId"
        from users
        where lower(username) = lower($1)
            and state = 'active'
        "#,
        username
    )
    .fetch_optional(connection)
    .await
}
