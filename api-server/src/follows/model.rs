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

/// The result of a follow.
pub struct Followed {
    /// Whether the follower may follow the followee.
    pub is_allowed: bool,
    /// Whether the statement inserted a follow.
    pub is_new_follow: bool,
    /// Whether the statement inserted a request.
    pub is_new_request: bool,
}

/// The result of accepting a request.
pub struct Accepted {
    /// Whether the statement turned a request into a follow.
    pub is_new_follow: bool,
    /// Whether there was a follow before.
    pub is_follow: bool,
}

/// The result of ending a follow or request.
pub struct Ended {
    /// Whether there was a follow.
    pub has_unfollowed: bool,
    /// Whether there was a request.
    pub has_withdrawn: bool,
}
