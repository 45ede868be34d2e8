//! The SQL statements about sessions. All times are the database's.

use shared::ids::{SessionId, UserId};
use sqlx::PgConnection;

use super::model::{EndReason, Family, NewSession, SessionRow};
use crate::http::PageRequest;
use crate::rights::model::AccountState;

/// A session that is not refreshed ends after 30 days. The user's row is locked, so that their
/// sessions start one after the other, each at a time of its own.
pub async fn insert_session(
    connection: &mut PgConnection,
    session: &NewSession,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        insert into sessions
            (id, user_id, seed, user_agent, network, created_at, last_used_at, expires_at)
        select $1, $2, $3, $4, $5, began, began, began + interval '30 days'
        from clock_timestamp() as began
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
            users.state as "user_state: AccountState"
        from sessions
        join users on users.id = sessions.user_id
        where sessions.id = $1
        "#,
        session_id.0
    )
    .fetch_optional(connection)
    .await
}

/// Issues the generation after `seen`; `None` if it was issued already or the session has ended.
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

/// A user's active sessions, the newest first. Of several with the same time, the second half of
/// the id decides, which is random: a page key has no room for a whole id.
pub async fn list_sessions(
    connection: &mut PgConnection,
    user_id: UserId,
    page: PageRequest,
) -> Result<Vec<SessionRow>, sqlx::Error> {
    let [start, end] = [page.start, page.end].map(|key| key.id.to_be_bytes());
    sqlx::query_as!(
        SessionRow,
        r#"
        select id as "id: SessionId", created_at, last_used_at, user_agent, network
        from sessions
        where user_id = $1
            and ended_at is null
            and expires_at > now()
            and created_at between $4 and $2
            and (created_at, substring(uuid_send(id) from 9)) < ($2, $5)
            and (created_at, substring(uuid_send(id) from 9)) > ($4, $6)
        order by created_at desc, substring(uuid_send(id) from 9) desc
        limit $3
        "#,
        user_id.0,
        page.start.at,
        page.rows(),
        page.end.at,
        start.as_slice(),
        end.as_slice()
    )
    .fetch_all(connection)
    .await
}

/// Ends an active session of a user; false if there is none.
pub async fn end_session(
    connection: &mut PgConnection,
    user_id: UserId,
    session_id: SessionId,
    reason: EndReason,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query!(
        r#"
        update sessions
        set ended_at = now(), end_reason = $3
        where id = $1
            and user_id = $2
            and ended_at is null
            and expires_at > now()
        "#,
        session_id.0,
        user_id.0,
        reason as EndReason
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends a user's sessions, optionally all but one.
pub async fn end_sessions(
    connection: &mut PgConnection,
    user_id: UserId,
    but: Option<SessionId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        update sessions
        set ended_at = clock_timestamp(), end_reason = 'revoked'
        where user_id = $1
            and id is distinct from $2
            and ended_at is null
        "#,
        user_id.0,
        but.map(|id| id.0)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the least recently used sessions of users who have more than `kept`, at most `limit`;
/// returns how many. Only users with a session of the last day are looked at: those of others
/// were counted when they were new, if a server with workers ran, and expire by themselves.
pub async fn end_surplus_sessions(
    connection: &mut PgConnection,
    kept: i64,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let ended = sqlx::query!(
        r#"
        with recent as (
            select distinct user_id
            from sessions
            where created_at > now() - interval '1 day'
        ),
        crowds as (
            select user_id
            from recent
            where exists (
                select
                from sessions
                where user_id = recent.user_id
                    and ended_at is null
                offset $1
            )
        ),
        surplus as (
            select surplus.id
            from crowds
            cross join lateral (
                select id
                from sessions
                where user_id = crowds.user_id
                    and ended_at is null
                order by last_used_at desc, id desc
                offset $1
            ) as surplus
            limit $2
        )
        update sessions
        set ended_at = clock_timestamp(), end_reason = 'revoked'
        from surplus
        where sessions.id = surplus.id
            and ended_at is null
        "#,
        kept,
        limit
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected())
}
