//! Likes of a comment.

use shared::db::{Batch, Pool};
use shared::events;
use shared::ids::CommentId;
use shared::wake::WakeUp;

use crate::comments::store;
use crate::switches::{Switch, Switches};

/// Likes and unlikes of one comment.
pub struct CommentLikes {
    pool: Pool,
    events: WakeUp,
}

impl CommentLikes {
    pub fn new(pool: Pool, events: WakeUp) -> Self {
        Self { pool, events }
    }
}

impl Batch for CommentLikes {
    type Key = CommentId;
    type Member = Switch;
    /// Whether the user sees the comment.
    type Output = bool;

    async fn commit(&self, id: &CommentId, members: &[Switch]) -> Result<Vec<bool>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let changed = store::change_likes(&mut tx, *id, &Switches::of(members)).await?;
        if changed.any() {
            events::insert_comment_counts(&mut tx, &[*id]).await?;
        }
        tx.commit().await?;
        if changed.any() {
            self.events.wake();
        }
        Ok(changed.seen_by(members))
    }
}
