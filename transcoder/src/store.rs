//! Statements that only the transcoder needs.

use shared::ids::{JobId, MediaId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Whether an attempt of a job may still publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// There is no such job.
    Unknown,
    /// An attempt is running.
    Running {
        /// Its lease token.
        token: Uuid,
    },
    /// The job is queued or has ended.
    NotRunning,
}

/// The status of a job.
pub async fn find_job_status(
    connection: &mut PgConnection,
    job: JobId,
) -> Result<JobStatus, sqlx::Error> {
    let token = sqlx::query_scalar!(
        r#"
        select case state when 'running' then lease_token end
        from jobs
        where id = $1
        "#,
        job.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(match token {
        None => JobStatus::Unknown,
        Some(Some(token)) => JobStatus::Running { token },
        Some(None) => JobStatus::NotRunning,
    })
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
        let settings = jobs::ClaimSettings {
            lease: long,
            max_attempts: Some(3),
        };
        let claimed = jobs::claim(&database.pool, JobKind::Transcode, "w", settings).await;
        let lease = claimed.unwrap().unwrap();
        let token = lease.token;
        let found = find_job_status(&mut connection, lease.job_id).await;
        assert_eq!(found.unwrap(), JobStatus::Running { token });
        jobs::complete(&mut connection, &lease).await.unwrap();
        let found = find_job_status(&mut connection, lease.job_id).await;
        assert_eq!(found.unwrap(), JobStatus::NotRunning);
        let unknown = find_job_status(&mut connection, JobId::generate()).await;
        assert_eq!(unknown.unwrap(), JobStatus::Unknown);
    }
}
