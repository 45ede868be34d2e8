//! The sessions and users whose unexpired tokens are refused.
//!
//! The whole set is read every 2 s, so that checking a token needs no query. Its age counts from
//! before the read. If the set is too old, it gives no answer and the session's row is read.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::{AuthError, Principal};
use crate::db::Pool;
use crate::ids::{SessionId, UserId};

/// The maximum age at which the set is used.
pub(super) const LONGEST_AGE: Duration = Duration::from_secs(5);
/// The allowed difference between the signing clock and the database's clock. The set reaches back
/// this much further than the maximum lifetime of a token.
const CLOCK_MARGIN: time::Duration = time::Duration::seconds(60);

#[derive(Default)]
pub(super) struct EndedSet(RwLock<Arc<Snapshot>>);

#[derive(Default)]
struct Snapshot {
    read_at: Option<Instant>,
    sessions: HashSet<SessionId>,
    users: HashSet<UserId>,
    /// Tokens signed before this time may belong to a session that ended before the set begins.
    covers_from: Option<OffsetDateTime>,
}

impl EndedSet {
    /// The set's answer about a caller; `None` if the session's row must be read.
    pub fn check(&self, caller: &Principal) -> Option<Result<(), AuthError>> {
        let snapshot = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        // An ended session stays ended, so an old set is good enough. A suspension may have been
        // lifted.
        if snapshot.sessions.contains(&caller.session_id) {
            return Some(Err(AuthError::Ended));
        }
        let is_fresh = snapshot
            .read_at
            .is_some_and(|at| at.elapsed() <= LONGEST_AGE);
        let is_covered = snapshot
            .covers_from
            .is_some_and(|from| caller.issued_at >= from);
        if !is_fresh || !is_covered {
            return None;
        }
        if snapshot.users.contains(&caller.user_id) {
            return Some(Err(AuthError::Suspended));
        }
        Some(Ok(()))
    }

    /// Reads the whole set. `now` is the server's time before the read.
    pub async fn read(
        &self,
        pool: &Pool,
        longest_lifetime: time::Duration,
        now: OffsetDateTime,
    ) -> Result<(), sqlx::Error> {
        let read_at = Instant::now();
        let reach = (longest_lifetime + CLOCK_MARGIN).as_seconds_f64();
        let rows = sqlx::query!(
            r#"
            select id as "session_id: SessionId", null as "user_id: UserId", now() as "read_at!"
            from sessions
            where ended_at > now() - make_interval(secs => $1)
            union all
            select null, id, now()
            from users
            where state <> 'active'
                and state_changed_at > now() - make_interval(secs => $1)
            union all
            select null, null, now()
            "#,
            reach
        )
        .fetch_all(&mut *pool.acquire().await?)
        .await?;
        let snapshot = Snapshot {
            read_at: Some(read_at),
            sessions: rows.iter().filter_map(|row| row.session_id).collect(),
            users: rows.iter().filter_map(|row| row.user_id).collect(),
            // The start of the set uses the database's time. With the server's time, a slow clock
            // would accept tokens that are too old for the set.
            covers_from: rows
                .first()
                .map(|row| row.read_at.max(now) - longest_lifetime),
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }
}

/// Reads the row of one session, when the set gives no answer.
pub(super) async fn check_row(pool: &Pool, caller: &Principal) -> Result<(), AuthError> {
    let row = sqlx::query!(
        r#"
        select
            sessions.ended_at is not null as "has_ended!",
            users.state = 'active' as "is_active!"
        from sessions
        join users on users.id = sessions.user_id
        where sessions.id = $1
            and users.id = $2
        "#,
        caller.session_id as SessionId,
        caller.user_id as UserId
    )
    .fetch_optional(&mut *pool.acquire().await?)
    .await?;
    match row {
        Some(row) if !row.is_active => Err(AuthError::Suspended),
        Some(row) if !row.has_ended => Ok(()),
        _ => Err(AuthError::Ended),
    }
}
