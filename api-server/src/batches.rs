//! The changes for which requests wait together: many users change the row of the same post,
//! comment or person. [`Batcher`] says how.

#[cfg(all(test, feature = "testing"))]
mod tests;

use std::time::Duration;

use shared::db::{BatchLimits, Batcher, Pool};
use shared::wake::WakeUp;

use crate::comments::batch::{CommentLikes, NewComments};
use crate::follows::batch::Follows;
use crate::likes::batch::PostLikes;

/// A batch of this size takes a few milliseconds. More callers than `waiting` would wait longer
/// than clients do.
const LIMITS: BatchLimits = BatchLimits {
    members: 128,
    waiting: 1024,
    within: Duration::from_secs(10),
};

/// A batcher for each kind of change.
pub struct Batches {
    pub post_likes: Batcher<PostLikes>,
    pub comments: Batcher<NewComments>,
    pub comment_likes: Batcher<CommentLikes>,
    pub follows: Batcher<Follows>,
}

impl Batches {
    pub fn new(pool: &Pool, events: &WakeUp) -> Self {
        let (pool, events) = (|| pool.clone(), || events.clone());
        Self {
            post_likes: Batcher::new(PostLikes::new(pool(), events()), LIMITS),
            comments: Batcher::new(NewComments::new(pool(), events()), LIMITS),
            comment_likes: Batcher::new(CommentLikes::new(pool(), events()), LIMITS),
            follows: Batcher::new(Follows::new(pool(), events()), LIMITS),
        }
    }

    /// How many requests wait for their batch to begin, by batch.
    pub fn waiting(&self) -> [(&'static str, usize); 4] {
        [
            ("post_likes", self.post_likes.waiting()),
            ("comments", self.comments.waiting()),
            ("comment_likes", self.comment_likes.waiting()),
            ("follows", self.follows.waiting()),
        ]
    }
}
