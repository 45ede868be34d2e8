//! The statement that removes what is deleted and holds nothing any more.

use shared::ids::CommentId;
use sqlx::PgConnection;

/// Removes the deleted comment and those deleted above it, as far up as nothing else hangs below.
/// Under its post's lock. All go in one statement: one by one, the foreign key would remove each
/// from within the removal of the one above, as deep as the thread is.
pub async fn prune_comments(
    connection: &mut PgConnection,
    id: CommentId,
) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        r#"
        with recursive bare as (
            select id, parent_id
            from comments
            where id = $1
                and deleted_at is not null
                and not exists (select from comments as reply where reply.parent_id = $1)
            union all
            select parent.id, parent.parent_id
            from bare
            cross join lateral (
                select id, parent_id
                from comments
                where comments.id = bare.parent_id
                    and comments.deleted_at is not null
                    and not exists (
                        select
                        from comments as sibling
                        where sibling.parent_id = bare.parent_id
                            and sibling.id <> bare.id
                        offset 0
                    )
                offset 0
            ) as parent
        )
        delete from comments
        where id = any(array(select id from bare))
        "#,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(pruned.rows_affected())
}
