//! Follows of a user: requests that wait together share one transaction.
//!
//! A change of an edge first locks all profiles, in the order of their ids. So users who follow
//! each other at the same time cannot deadlock, and statements after the lock see all earlier
//! blocks and changes of privacy.

use std::collections::HashSet;

use shared::db::{Batch, Pool};
use shared::events::{self, FollowEvent};
use shared::ids::UserId;
use shared::wake::WakeUp;
use sqlx::PgConnection;

use super::model::ChangedFollow;
use super::store;
use crate::switches::{Switch, Switches};

/// Follows of one user, and their ends.
pub struct Follows {
    pool: Pool,
    events: WakeUp,
}

impl Follows {
    pub fn new(pool: Pool, events: WakeUp) -> Self {
        Self { pool, events }
    }
}

impl Batch for Follows {
    type Key = UserId;
    type Member = Switch;
    /// Whether the follower may follow the user, or wants to end that.
    type Output = bool;

    async fn commit(&self, id: &UserId, members: &[Switch]) -> Result<Vec<bool>, sqlx::Error> {
        let switches = Switches::of(members);
        let mut tx = self.pool.begin().await?;
        let everyone: Vec<i64> = switches.user_ids.iter().copied().chain([id.0]).collect();
        store::lock_profiles(&mut tx, &everyone).await?;
        let changed = change_follows(&mut tx, *id, &switches).await?;
        tx.commit().await?;
        self.events.wake();
        let refused = changed.iter().filter(|row| !row.is_allowed);
        let refused: HashSet<UserId> = refused.map(|row| row.follower_id).collect();
        let is_done = |member: &Switch| !member.is_on || !refused.contains(&member.user_id);
        Ok(members.iter().map(is_done).collect())
    }
}

/// Changes follows of one user and inserts their events. The caller holds the locks of all
/// profiles.
pub async fn change_follows(
    connection: &mut PgConnection,
    followee_id: UserId,
    switches: &Switches,
) -> Result<Vec<ChangedFollow>, sqlx::Error> {
    type Happened = fn(&ChangedFollow) -> bool;
    let kinds: [(FollowEvent, Happened); 4] = [
        (FollowEvent::Created, |row| row.is_new_follow),
        (FollowEvent::Requested, |row| row.is_new_request),
        (FollowEvent::Deleted, |row| row.has_unfollowed),
        (FollowEvent::RequestDeleted, |row| row.has_withdrawn),
    ];
    let changed = store::change_follows(connection, followee_id, switches).await?;
    for (event, has_happened) in kinds {
        let rows = changed.iter().filter(|row| has_happened(row));
        let followers: Vec<UserId> = rows.map(|row| row.follower_id).collect();
        if !followers.is_empty() {
            events::insert_follow_events(connection, event, &followers, followee_id).await?;
        }
    }
    Ok(changed)
}
