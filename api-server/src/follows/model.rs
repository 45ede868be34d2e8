//! A follow or request between two users, and the results of statements that change it.

use shared::ids::UserId;

/// A follower or requester, and the user whom they follow or want to follow.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    pub follower_id: UserId,
    pub followee_id: UserId,
}

impl Edge {
    /// The edge `by` one user to the user `of` whom they follow.
    pub const fn new(by: UserId, of: UserId) -> Self {
        Self {
            follower_id: by,
            followee_id: of,
        }
    }
}

/// The result of following a user, or of ending that.
#[expect(
    clippy::struct_excessive_bools,
    reason = "one column for each table that the statement changes"
)]
pub struct ChangedFollow {
    pub follower_id: UserId,
    /// Whether the follower may follow the followee.
    pub is_allowed: bool,
    /// Whether the statement inserted a follow.
    pub is_new_follow: bool,
    /// Whether the statement inserted a request.
    pub is_new_request: bool,
    /// Whether the statement deleted a follow.
    pub has_unfollowed: bool,
    /// Whether the statement deleted a request.
    pub has_withdrawn: bool,
}

/// The result of accepting a request.
pub struct Accepted {
    /// Whether the statement turned a request into a follow.
    pub is_new_follow: bool,
    /// Whether there was a follow before.
    pub is_follow: bool,
}
