//! Statements that only the transcoder needs.

use shared::ids::{JobId, MediaId};
use sqlx::PgConnection;
use uuid::Uuid;

/// The lease token of a job that is running; `Some(None)` when the job is in another state and `None`
/// when it does not exist.
pub async fn find_running_token(
    connection: &mut PgConnection,
    job: JobId,
) -> Result<Option<Option<Uuid>>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select case state when 'running' then lease_token end
        from jobs
        where id = $1
        "#,
        job.0,
    )
    .fetch_optional(connection)
    .await
}

/// Those of `media` that have no row.
pub async fn list_gone_media(
    connection: &mut PgConnection,
    media: &[Uuid],
) -> Result<Vec<MediaId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select seen.id as "id!: MediaId"
        from unnest($1::uuid[]) as seen (id)
        where not exists (
            select from media where media.id = seen.id
        )
        "#,
        media,
    )
    .fetch_all(connection)
    .await
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use std::time::Duration;

    use shared::{
        ids::MediaId,
        jobs::{self, JobKind, NewJob},
        testing::TestDatabase,
    };

    use super::*;

    #[tokio::test]
    async fn a_token_is_found_only_while_its_own_job_runs() {
        let database = TestDatabase::create().await;
        let mut connection = database.pool.acquire().await.unwrap();
        for _ in 0..2 {
            let job = NewJob {
                media_id: None,
                ..NewJob::transcode(MediaId::generate())
            };
            jobs::enqueue(&mut connection, &job).await.unwrap();
        }
        let long = Duration::from_mins(1);
        let terms = jobs::Terms {
            lease: long,
            max_attempts: 3,
        };
        let claimed = jobs::claim(&mut connection, &[JobKind::Transcode], "w", terms).await;
        let lease = claimed.unwrap().unwrap();
        let found = find_running_token(&mut connection, lease.job_id)
            .await
            .unwrap();
        assert_eq!(found, Some(Some(lease.token)));
        jobs::complete(&mut connection, &lease).await.unwrap();
        assert_eq!(
            find_running_token(&mut connection, lease.job_id)
                .await
                .unwrap(),
            Some(None)
        );
        let unknown = find_running_token(&mut connection, JobId::generate())
            .await
            .unwrap();
        assert_eq!(unknown, None);
    }
}
