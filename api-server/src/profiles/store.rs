//! The statements about profiles. Who sees whom is defined in the database's function
//! `visible_users`. Deleted users are never found.

use shared::ids::{MediaId, UserId};
use sqlx::PgConnection;

use super::model::{ProfilePatch, SeenUser, UserRow};
use crate::media::model::{AttachedPicture, ProfilePicture};
use crate::rights::model::UserRole;

/// Users as the viewer ($1, or null) sees them: the only select list; `$rest` adds the other
/// conditions.
///
/// `offset 0` makes Postgres look each follow, request and mute up by its key: read as a whole, the
/// followers of someone whom very many follow would cost every page.
macro_rules! select_users {
    ($rest:literal, $viewer_id:expr $(, $argument:expr)*) => {
        sqlx::query_as!(
            UserRow,
            r#"
            select
                users.id as "id!: UserId",
                users.username as "username!",
                users.created_at as "created_at!",
                case
                    when users.id = $1 then (select email from users where id = $1)
                end as email,
                users.role as "role!: UserRole",
                profiles.first_name,
                profiles.last_name,
                profiles.bio,
                profiles.is_private,
                profiles.followers_count,
                profiles.following_count,
                profiles.posts_count,
                profiles.avatar_file,
                profiles.cover_file,
                users.is_visible as "is_visible!",
                exists (
                    select from follows
                    where follower_id = $1 and followee_id = users.id
                    offset 0
                ) as "following!",
                exists (
                    select from follows
                    where follower_id = users.id and followee_id = $1
                    offset 0
                ) as "followed_by!",
                exists (
                    select from follow_requests
                    where requester_id = $1 and target_id = users.id
                    offset 0
                ) as "follow_requested!",
                exists (
                    select from mutes
                    where muter_id = $1 and muted_id = users.id
                    offset 0
                ) as "muting!"
            from users_as_seen_by($1) as users
            join profiles on profiles.user_id = users.id
            where users.state <> 'deleted'
            "# + $rest,
            $viewer_id as Option<UserId>
            $(, $argument)*
        )
    };
}

/// Finds by name regardless of case. An admin also gets users whom they would not see.
pub async fn find_user(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    username: &str,
) -> Result<Option<UserRow>, sqlx::Error> {
    select_users!(
        r"
            and lower(users.username) = lower($2)
            and (
                users.is_visible
                or exists (select from users as viewer where viewer.id = $1 and role = 'admin')
            )
        ",
        viewer_id,
        username
    )
    .fetch_optional(connection)
    .await
}

/// Fails if the user is deleted.
pub async fn get_own_user(
    connection: &mut PgConnection,
    user_id: UserId,
) -> Result<UserRow, sqlx::Error> {
    select_users!(r"and users.id = $1", Some(user_id))
        .fetch_one(connection)
        .await
}

/// The users of `ids` whom the viewer sees, in the given order. `and_blocked` includes users whom
/// the viewer blocks, for the list of blocks.
pub async fn list_users(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    ids: &[UserId],
    and_blocked: bool,
) -> Result<Vec<UserRow>, sqlx::Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    select_users!(
        r"
            and users.id = any($2)
            and (users.is_visible or $3 and users.state = 'active')
            order by array_position($2, users.id)
        ",
        viewer_id,
        &ids,
        and_blocked
    )
    .fetch_all(connection)
    .await
}

/// A user whom the viewer sees, by name.
pub async fn find_visible_user(
    connection: &mut PgConnection,
    viewer_id: Option<UserId>,
    username: &str,
) -> Result<Option<SeenUser>, sqlx::Error> {
    sqlx::query_as!(
        SeenUser,
        r#"
        select
            users.id as "id!: UserId",
            profiles.is_private,
            exists (
                select from follows where follower_id = $1 and followee_id = users.id
            ) as "viewer_follows!"
        from visible_users($1) as users
        join profiles on profiles.user_id = users.id
        where lower(users.username) = lower($2)
        "#,
        viewer_id as Option<UserId>,
        username
    )
    .fetch_optional(connection)
    .await
}

macro_rules! picture_of {
    ($column:literal, $lock:literal, $connection:expr, $user_id:expr) => {
        sqlx::query_scalar!(
            "select " + $column + r#" as "id: MediaId" from profiles where user_id = $1 "# + $lock,
            $user_id.0
        )
        .fetch_one($connection)
        .await
    };
}

macro_rules! set_picture {
    ($column:literal, $file_column:literal, $connection:expr, $user_id:expr, $picture:expr) => {{
        let (id, file) = $picture
            .map(|attached| (attached.id.0, attached.file.as_str()))
            .unzip();
        sqlx::query!(
            "update profiles set "
                + $column
                + " = $2, "
                + $file_column
                + " = $3, updated_at = now() where user_id = $1",
            $user_id.0,
            id,
            file
        )
        .execute($connection)
        .await
    }};
}

/// The current picture; locks the profile, so that changes take turns.
pub async fn lock_picture(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
) -> Result<Option<MediaId>, sqlx::Error> {
    match place {
        ProfilePicture::Avatar => {
            picture_of!("avatar_id", "for no key update", connection, user_id)
        }
        ProfilePicture::Cover => picture_of!("cover_id", "for no key update", connection, user_id),
    }
}

/// The current picture, if any.
pub async fn find_picture(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
) -> Result<Option<MediaId>, sqlx::Error> {
    match place {
        ProfilePicture::Avatar => picture_of!("avatar_id", "", connection, user_id),
        ProfilePicture::Cover => picture_of!("cover_id", "", connection, user_id),
    }
}

/// Sets the picture, or removes it.
pub async fn set_picture(
    connection: &mut PgConnection,
    user_id: UserId,
    place: ProfilePicture,
    picture: Option<&AttachedPicture>,
) -> Result<(), sqlx::Error> {
    match place {
        ProfilePicture::Avatar => {
            set_picture!("avatar_id", "avatar_file", connection, user_id, picture)?
        }
        ProfilePicture::Cover => {
            set_picture!("cover_id", "cover_file", connection, user_id, picture)?
        }
    };
    Ok(())
}

/// The user with this name, visible or not.
pub async fn find_any_user(
    connection: &mut PgConnection,
    username: &str,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select id as "id: UserId"
        from users
        where lower(username) = lower($1)
            and state <> 'deleted'
        "#,
        username
    )
    .fetch_optional(connection)
    .await
}

/// Changes the fields of the patch.
pub async fn update_profile(
    connection: &mut PgConnection,
    user_id: UserId,
    patch: &ProfilePatch,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update profiles
        set first_name = coalesce($2, first_name),
            last_name = coalesce($3, last_name),
            bio = coalesce($4, bio),
            is_private = coalesce($5, is_private),
            updated_at = now()
        where user_id = $1
        "#,
        user_id.0,
        patch.first_name.as_deref(),
        patch.last_name.as_deref(),
        patch.bio.as_deref(),
        patch.is_private
    )
    .execute(connection)
    .await?;
    Ok(())
}
