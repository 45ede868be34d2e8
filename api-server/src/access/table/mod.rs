//! The rows, by domain.

mod accounts;
mod comments;
mod media;
mod people;
mod posts;
mod reading;

use super::Row;

/// All rows there are.
pub fn rows() -> Vec<Row> {
    [
        accounts::rows(),
        people::rows(),
        posts::rows(),
        comments::rows(),
        reading::rows(),
        media::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An admin, of what is not an admin's own.
pub(super) const ADMIN: u16 = 200;
/// Open to all, the blocked one too.
pub(super) const OPEN: [u16; 6] = [200; 6];
/// For whoever is signed in.
pub(super) const SIGNED_IN: [u16; 6] = [401, 200, 200, 200, 200, 200];
/// Seen by all but the blocked one.
pub(super) const SEEN: [u16; 6] = [200, 200, 404, 200, 200, 200];
/// Seen by followers, the owner and admins.
pub(super) const TO_FOLLOWERS: [u16; 6] = [404, 404, 404, 200, 200, ADMIN];
/// Seen by the owner and admins.
pub(super) const PRIVATE: [u16; 6] = [404, 404, 404, 404, 200, ADMIN];
/// What a private account shows to its followers: the owner of the other things is a stranger here.
pub(super) const OF_SECRET: [u16; 6] = [404, 404, 404, 200, 404, ADMIN];
/// There for nobody.
pub(super) const NOWHERE: [u16; 6] = [404; 6];

/// What one has to be signed in for, with this status for all who are.
pub(super) const fn signed_in(status: u16) -> [u16; 6] {
    [401, status, status, status, status, status]
}
