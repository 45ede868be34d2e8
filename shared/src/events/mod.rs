//! The outbox: what happened, inserted in the transaction that makes it happen. Here are the
//! events and the statement that writes them; who may see one is decided again when it is read.
//!
//! Data holds public facts only (ids, states, texts), never what only one viewer may know.

mod comments;
mod follows;
mod outbox;
mod reach;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;
mod wake;

pub use comments::{
    CommentEvent, insert_comment_counts, insert_comment_deleted, insert_comment_event,
};
pub use follows::{FollowEvent, insert_follow_event};
pub use outbox::{
    MediaEvent, insert_media_event, insert_post_counts, insert_post_created, insert_post_deleted,
    insert_post_edited,
};
pub use reach::reach_redis;
pub use wake::wake_up;

/// The Redis channel on which hints of new rows are published.
pub const CHANNEL: &str = "pawl:events";
