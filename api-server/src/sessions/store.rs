//! The statements about sessions. All times are the database's.

use shared::ids::{SessionId, UserId};
use sqlx::PgConnection;

use super::model::{Family, NewSession};

/// A session that nobody continues ends after 30 days.
pub async fn insert_session(
    connection: &mut PgConnection,
    session: &NewSession,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into sessions (id, user_id, seed, user_agent, network, expires_at)
        values ($1, $2, $3, $4, $5, now() + interval '30 days')
        "#,
        session.id.0,
        session.user_id.0,
        session.seed.as_slice(),
        session.user_agent,
        session.network
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn find_family(
    connection: &mut PgConnection,
    session_id: SessionId,
) -> Result<Option<Family>, sqlx::Error> {
    sqlx::query_as!(
        Family,
        r#"
        select
            sessions.user_id as "user_id: UserId",
            sessions.seed,
            sessions.generation,
            extract(epoch from now() - sessions.generation_at)::float8
                as "generation_age_seconds!",
            (sessions.ended_at is not null or sessions.expires_at <= now()) as "is_over!",
            users.state as user_state
        from sessions
        join users on users.id = sessions.user_id
        where sessions.id = $1
        "#,
        session_id.0
    )
    .fetch_optional(connection)
    .await
}

/// Gives out the generation after `seen`; None if it was given out already, or the session ended.
pub async fn rotate_session(
    connection: &mut PgConnection,
    session_id: SessionId,
    seen: i32,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        update sessions
        set generation = generation + 1,
            generation_at = now(),
            last_used_at = now(),
            expires_at = now() + interval '30 days'
        where id = $1
            and generation = $2
            and ended_at is null
        returning generation
        "#,
        session_id.0,
        seen
    )
    .fetch_optional(connection)
    .await
}

/// Ends a session; one that has ended keeps its first reason.
pub async fn end_session(
    connection: &mut PgConnection,
    session_id: SessionId,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update sessions
        set ended_at = now(), end_reason = $2
        where id = $1
            and ended_at is null
        "#,
        session_id.0,
        reason
    )
    .execute(connection)
    .await?;
    Ok(())
}
