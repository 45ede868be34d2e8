//! The statements that end unfinished work and remove media. Rows are locked in the order uploads,
//! jobs, media, and by id within each table.

use shared::ids::{MediaId, PostId};
use sqlx::PgConnection;
use uuid::Uuid;

/// The media of the post.
pub async fn list_ids_of_post(
    connection: &mut PgConnection,
    post_id: PostId,
) -> Result<Vec<MediaId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select media_id as "id: MediaId"
        from post_media
        where post_id = $1
        order by media_id
        "#,
        post_id.0
    )
    .fetch_all(connection)
    .await
}

/// Ends uploads by raising their epoch; optionally `complete` ones too, so that the sweep removes
/// their bytes.
pub async fn terminate_uploads(
    connection: &mut PgConnection,
    ids: &[MediaId],
    complete: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update uploads
        set state = 'terminated', state_reason = 'deleted', finished_at = null, epoch = epoch + 1
        where id in (
            select id
            from uploads
            where id = any($1)
                and (state = 'uploading' or $2 and state = 'complete')
            order by id
            for update
        )
        "#,
        &uuids(ids),
        complete
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Cancels running and waiting jobs on these media. With `state in (…)` Postgres might choose the
/// index of all live jobs, and keep that plan when the queue grows.
pub async fn cancel_jobs(
    connection: &mut PgConnection,
    ids: &[MediaId],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update jobs
        set state = 'cancelled', leased_until = null, finished_at = now()
        where id in (
            select id
            from jobs
            where media_id = any($1)
                and state not in ('done', 'failed', 'cancelled')
            order by id
            for update
        )
        "#,
        &uuids(ids)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the rows of media, and with them all published rows.
pub async fn delete_media(
    connection: &mut PgConnection,
    ids: &[MediaId],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        delete from media
        where id in (
            select id
            from media
            where id = any($1)
            order by id
            for update
        )
        "#,
        &uuids(ids)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks a media item; whether it is attached. `None` if it is gone.
pub async fn lock_media(
    connection: &mut PgConnection,
    id: MediaId,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select attached_as is not null as "is_attached!"
        from media
        where id = $1
        for update
        "#,
        id.0
    )
    .fetch_optional(connection)
    .await
}

fn uuids(ids: &[MediaId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}
