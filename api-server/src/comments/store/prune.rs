//! The statement that removes deleted comments without replies.

use shared::ids::CommentId;
use sqlx::PgConnection;

/// Removes the deleted comment, and its deleted ancestors as long as they have no other replies.
/// Call it under the post's lock. One statement removes all: one by one, the foreign key would
/// remove each within the removal of its parent, as deep as the thread.
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
