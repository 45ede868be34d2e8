//! The outbox: events, each inserted in the transaction of its change. Permission to see an event
//! is decided again when it is read.
//!
//! The data holds public facts only (ids, states, texts), nothing that only one viewer may know.

mod comments;
mod follows;
mod outbox;
mod reach;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;
mod wake;

pub use comments::{
    CommentEvent, insert_comment_counts, insert_comment_deleted, insert_comment_events,
};
pub use follows::{FollowEvent, insert_follow_events};
pub use outbox::{
    MediaEvent, insert_media_event, insert_post_counts, insert_post_created, insert_post_deleted,
    insert_post_edited,
};
pub use reach::reach_redis;
pub use wake::{CHANNEL, wake_up};
