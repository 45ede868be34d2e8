//! The statements that end what is being made and remove what is not wanted. Rows are locked in the
//! order uploads, jobs, media, and by id among their like.

use shared::ids::{MediaId, PostId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What hangs on the post.
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

/// Ends uploads for their writers, whose epoch is over by that; `complete` ones too if asked for,
/// so that the sweep removes their bytes.
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

/// Cancels the jobs that work on these media, or would.
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
                and state in ('queued', 'running')
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

/// Removes the rows of media, and with them all that is published of them.
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

/// Locks a media; whether it hangs on something. `None` when it is gone.
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
