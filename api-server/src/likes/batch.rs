//! Likes of a post: requests that wait together share one transaction.

use shared::db::{Batch, Pool};
use shared::events;
use shared::ids::PostId;
use shared::wake::WakeUp;

use super::store;
use crate::switches::{Switch, Switches};

/// Likes and unlikes of one post.
pub struct PostLikes {
    pool: Pool,
    events: WakeUp,
}

impl PostLikes {
    pub fn new(pool: Pool, events: WakeUp) -> Self {
        Self { pool, events }
    }
}

impl Batch for PostLikes {
    type Key = PostId;
    type Member = Switch;
    /// Whether the user sees the post.
    type Output = bool;

    async fn commit(&self, id: &PostId, members: &[Switch]) -> Result<Vec<bool>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let changed = store::change_likes(&mut tx, *id, &Switches::of(members)).await?;
        if changed.any() {
            events::insert_post_counts(&mut tx, *id).await?;
        }
        tx.commit().await?;
        if changed.any() {
            self.events.wake();
        }
        Ok(changed.seen_by(members))
    }
}
