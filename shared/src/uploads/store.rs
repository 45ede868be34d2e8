//! The SQL statements about uploads. Statements for an owner are fenced by the epoch.

use std::time::Duration;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{NewUpload, Upload, UploadState};
use crate::{
    db::interval,
    ids::{JobId, NodeId, PostId, UploadId, UserId},
    jobs::{LONG, SHORT},
    media::FailureCode,
    telemetry::TraceContext,
};

struct Row {
    id: uuid::Uuid,
    owner_id: Option<i64>,
    node_id: Option<uuid::Uuid>,
    epoch: i64,
    state: UploadState,
    length: Option<i64>,
    known_offset: i64,
    metadata: String,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    has_media: bool,
}

impl From<Row> for Upload {
    fn from(row: Row) -> Self {
        Self {
            id: UploadId(row.id),
            owner: row.owner_id.map(UserId),
            node: row.node_id.map(NodeId),
            epoch: row.epoch,
            state: row.state,
            // A constraint keeps both from being negative.
            length: row.length.map(i64::unsigned_abs),
            known_offset: row.known_offset.unsigned_abs(),
            metadata: row.metadata,
            created_at: row.created_at,
            expires_at: row.expires_at,
            has_media: row.has_media,
        }
    }
}

/// The upload, whatever its state.
pub async fn find_upload(
    connection: &mut PgConnection,
    id: UploadId,
) -> Result<Option<Upload>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select id, owner_id, node_id, epoch, state as "state: UploadState", length, known_offset,
            metadata, created_at, expires_at,
            exists (select from media where media.id = uploads.id) as "has_media!"
        from uploads
        where id = $1
        "#,
        id.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Upload::from))
}

/// Registers this process, so that uploads can refer to it.
pub(super) async fn upsert_node(
    connection: &mut PgConnection,
    node: NodeId,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into nodes (id, name)
        values ($1, $2)
        on conflict (id) do update
        set name = excluded.name, started_at = now(), heartbeat_at = now()
        "#,
        node.0,
        name,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the upload and, if it has an owner, its media item in one statement; `None` if the
/// owner's account is not active.
pub(super) async fn insert_upload(
    connection: &mut PgConnection,
    new: &NewUpload,
    node: NodeId,
    expiry: Duration,
) -> Result<Option<Upload>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"
        with upload as (
            insert into uploads
                (id, owner_id, node_id, length, metadata, filename, filetype, expires_at)
            select $1, $2, $3, $4, $5, $6, $7, now() + $8
            where $2::bigint is null
                or exists (select from users where id = $2 and state = 'active')
            returning *
        ),
        made as (
            insert into media (id, owner_id, kind, alt)
            select id, owner_id, $9, $10 from upload where owner_id is not null
            returning id
        )
        select id as "id!", owner_id, node_id, epoch as "epoch!",
            state as "state!: UploadState", length, known_offset as "known_offset!",
            metadata as "metadata!", created_at as "created_at!", expires_at,
            exists (select from made) as "has_media!"
        from upload
        "#,
        new.id.0,
        new.owner.map(|owner| owner.0),
        node.0,
        new.length.map(bigint),
        new.metadata,
        new.filename,
        new.filetype,
        interval(expiry),
        new.kind as _,
        new.alt,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Upload::from))
}

/// The data that decides whether a media item may be appended to a post.
pub(super) struct PostLock {
    pub author: UserId,
    pub is_seen: bool,
    pub media_count: i64,
}

/// Locks the post if it belongs to `owner`, so that appends to it take turns; posts of others are
/// not locked, so that nobody can delay likes of them. `None` if the post does not exist.
/// `visible_posts` decides whether `owner` may see it, as in api-server.
pub(super) async fn lock_post(
    connection: &mut PgConnection,
    owner: UserId,
    post: PostId,
) -> Result<Option<PostLock>, sqlx::Error> {
    let found = sqlx::query!(
        r#"
        select posts.author_id,
            exists (select from visible_posts($2, false) as seen where seen.id = posts.id)
                as "is_seen!"
        from posts
        where posts.id = $1 and posts.deleted_at is null
        "#,
        post.0,
        owner.0,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let locked = sqlx::query!(
        r#"
        select id
        from posts
        where id = $1 and author_id = $2 and deleted_at is null
        for no key update
        "#,
        post.0,
        owner.0,
    )
    .fetch_optional(&mut *connection)
    .await?;
    // The post was deleted in between.
    if locked.is_none() && found.author_id == owner.0 {
        return Ok(None);
    }
    // A separate statement: a statement that waited for the lock would see the rows from before.
    let media_count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from post_media where post_id = $1"#,
        post.0,
    )
    .fetch_one(connection)
    .await?;
    let author = UserId(found.author_id);
    Ok(Some(PostLock {
        author,
        is_seen: found.is_seen,
        media_count,
    }))
}

/// Attaches a media item at the end of a post whose row is locked.
pub(super) async fn append_to_post(
    connection: &mut PgConnection,
    id: UploadId,
    post: PostId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        with claimed as (
            update media set attached_as = 'post' where id = $1 and attached_as is null
            returning id
        )
        insert into post_media (media_id, post_id, position)
        select id, $2, (
            select coalesce(max(position) + 1, 0) from post_media where post_id = $2
        )
        from claimed
        "#,
        id.0,
        post.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes this node the writer of an open upload; `None` if another one was faster or the upload is
/// not open.
pub(super) async fn claim(
    connection: &mut PgConnection,
    id: UploadId,
    seen_epoch: i64,
    node: NodeId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        update uploads
        set node_id = $3, epoch = epoch + 1
        where id = $1 and epoch = $2 and state = 'uploading'
        returning epoch
        "#,
        id.0,
        seen_epoch,
        node.0,
    )
    .fetch_optional(connection)
    .await
}

/// Records that the first `offset` bytes are durable, if the upload is ours.
pub(super) async fn record_offset(
    connection: &mut PgConnection,
    id: UploadId,
    epoch: i64,
    offset: u64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update uploads
        set known_offset = greatest(known_offset, $3)
        where id = $1 and epoch = $2 and state = 'uploading'
        "#,
        id.0,
        epoch,
        bigint(offset),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The data that an acknowledgement checks.
pub(super) struct Fence {
    pub epoch: i64,
    pub state: UploadState,
    pub expires_at: Option<OffsetDateTime>,
    /// The expiry was moved more than an hour ago.
    pub is_extension_due: bool,
}

/// The single read of an acknowledgement.
pub(super) async fn read_fence(
    connection: &mut PgConnection,
    id: UploadId,
    expiry: Duration,
) -> Result<Option<Fence>, sqlx::Error> {
    sqlx::query_as!(
        Fence,
        r#"
        select epoch, state as "state: UploadState", expires_at,
            coalesce(expires_at < now() + $2 - least($2 / 4, interval '1 hour'), false) as "is_extension_due!"
        from uploads
        where id = $1
        "#,
        id.0,
        interval(expiry),
    )
    .fetch_optional(connection)
    .await
}

/// Moves the expiry; `None` if the epoch is not ours any more.
pub(super) async fn extend_expiry(
    connection: &mut PgConnection,
    id: UploadId,
    epoch: i64,
    expiry: Duration,
) -> Result<Option<Option<OffsetDateTime>>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        update uploads
        set expires_at = now() + $3
        where id = $1 and epoch = $2 and state = 'uploading'
        returning expires_at
        "#,
        id.0,
        epoch,
        interval(expiry),
    )
    .fetch_optional(connection)
    .await
}

/// The finish in one statement. A job whose media item was declared as a picture is a short one. It
/// sets the upload to `complete`, or to `rejected` if its owner's account is not active; updates
/// the media item; and inserts the job. `None` if the epoch is not ours or the upload is not open.
pub(super) async fn finish_upload(
    connection: &mut PgConnection,
    id: UploadId,
    epoch: i64,
    length: u64,
) -> Result<Option<UploadState>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        with open as (
            select uploads.id, (users.id is null or users.state = 'active') as is_allowed
            from uploads
            left join users on users.id = uploads.owner_id
            where uploads.id = $1 and uploads.epoch = $2 and uploads.state = 'uploading'
            for update of uploads
        ),
        finished as (
            update uploads
            set state = case when is_allowed then 'complete' else 'rejected' end,
                state_reason = case when is_allowed then null else 'owner_inactive' end,
                finished_at = case when is_allowed then now() end,
                length = $3,
                known_offset = $3
            from open
            where uploads.id = open.id
            returning uploads.id, uploads.state
        ),
        followed as (
            update media
            set state = case finished.state when 'complete' then 'processing' else 'failed' end,
                error_code = case finished.state when 'complete' then null else $5 end,
                error_detail = case finished.state when 'complete' then null else $6 end
            from finished
            where media.id = finished.id
            returning media.id, media.state, media.kind
        ),
        queued as (
            insert into jobs (id, kind, unique_key, media_id, priority, traceparent)
            select $4, 'transcode', 'transcode:' || id, id,
                case kind when 'image' then $7::smallint else $8 end,
                $9
            from followed
            where state = 'processing'
            on conflict (unique_key) where state in ('queued', 'running') do nothing
        )
        select state as "state: UploadState" from finished
        "#,
        id.0,
        epoch,
        bigint(length),
        JobId::generate().0,
        FailureCode::UploadRejected.name(),
        FailureCode::UploadRejected.text(),
        SHORT,
        LONG,
        TraceContext::current().map(|trace| trace.to_string()),
    )
    .fetch_optional(connection)
    .await
}

/// Ends an open upload without a result; `false` if the epoch is not ours or the upload is not
/// open.
#[expect(
    clippy::too_many_arguments,
    reason = "the uploads code is redesigned as a whole next"
)]
pub(super) async fn end_upload(
    connection: &mut PgConnection,
    id: UploadId,
    epoch: i64,
    state: UploadState,
    reason: &str,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query!(
        r#"
        update uploads
        set state = $3, state_reason = $4, epoch = epoch + 1
        where id = $1 and epoch = $2 and state = 'uploading'
        "#,
        id.0,
        epoch,
        state as _,
        reason,
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Expires uploads that were not finished in time, by the database's clock only.
pub(super) async fn expire_uploads(
    connection: &mut PgConnection,
) -> Result<Vec<UploadId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        r#"
        update uploads
        set state = 'expired', epoch = epoch + 1
        where id in (
            select id
            from uploads
            where expires_at < now() and state = 'uploading'
            order by expires_at
            limit 500
            for update skip locked
        )
        returning id
        "#,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UploadId).collect())
}

/// Sets the media item of an upload without a result to `failed`; `false` if there is none.
pub(super) async fn fail_media(
    connection: &mut PgConnection,
    id: UploadId,
    code: FailureCode,
) -> Result<bool, sqlx::Error> {
    let failed = sqlx::query!(
        r#"
        update media
        set state = 'failed', error_code = $2, error_detail = $3
        where id = $1 and state = 'uploading'
        "#,
        id.0,
        code.name(),
        code.text(),
    )
    .execute(connection)
    .await?;
    Ok(failed.rows_affected() == 1)
}

/// Deletes the media item of a terminated upload, and with it its position in a post.
pub(super) async fn delete_media(
    connection: &mut PgConnection,
    id: UploadId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from media where id = $1 and state = 'uploading'",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Open uploads of known length after `after`, the oldest first: those that may have all their
/// bytes.
pub(super) async fn list_open_uploads(
    connection: &mut PgConnection,
    after: UploadId,
    limit: i64,
) -> Result<Vec<(UploadId, u64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select id, length as "length!"
        from uploads
        where state = 'uploading' and length is not null and id > $1
        order by id
        limit $2
        "#,
        after.0,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (UploadId(row.id), row.length.unsigned_abs()))
        .collect())
}

/// Uploads without a result whose bytes are still in the store.
pub(super) async fn list_to_discard(
    connection: &mut PgConnection,
    limit: i64,
) -> Result<Vec<UploadId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        r#"
        select id
        from uploads
        where state in ('rejected', 'expired', 'terminated', 'condemned')
            and discarded_at is null
        order by id
        limit $1
        "#,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UploadId).collect())
}

/// Records that the bytes of `id` are removed.
pub(super) async fn mark_discarded(
    connection: &mut PgConnection,
    id: UploadId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update uploads set discarded_at = now() where id = $1",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The ids of `ids` that have a row.
pub(super) async fn list_known(
    connection: &mut PgConnection,
    ids: &[uuid::Uuid],
) -> Result<Vec<UploadId>, sqlx::Error> {
    let known = sqlx::query_scalar!("select id from uploads where id = any($1)", ids)
        .fetch_all(connection)
        .await?;
    Ok(known.into_iter().map(UploadId).collect())
}

/// Lengths above 2⁶³ are refused long before this point.
fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
