//! One person towards another, and what a statement changed between them.

use shared::ids::UserId;

/// A follower, or who asks to be one, and whom they follow.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    pub follower_id: UserId,
    pub followee_id: UserId,
}

/// What became of the wish to follow.
pub struct Followed {
    /// The followee may be followed at all.
    pub is_allowed: bool,
    /// They are followed from now on.
    pub is_new_follow: bool,
    /// They are asked from now on.
    pub is_new_request: bool,
}

/// What became of a request that was accepted.
pub struct Accepted {
    /// It was there, and is a follow from now on.
    pub is_new_follow: bool,
    /// The requester follows anyway.
    pub is_follow: bool,
}

/// What ended between two people.
pub struct Ended {
    /// There was a follow.
    pub has_unfollowed: bool,
    /// There was a request.
    pub has_withdrawn: bool,
}
