//! The rows, one module per domain.

mod accounts;
mod comments;
mod media;
mod people;
mod posts;
mod reading;

use super::Row;

/// All rows.
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

/// An admin's request for a resource of another user.
pub(super) const ADMIN: u16 = 200;
/// Open to everyone, including a blocked user.
pub(super) const OPEN: [u16; 6] = [200; 6];
/// For every signed-in user.
pub(super) const SIGNED_IN: [u16; 6] = [401, 200, 200, 200, 200, 200];
/// Visible to everyone but the blocked user.
pub(super) const SEEN: [u16; 6] = [200, 200, 404, 200, 200, 200];
/// Visible to followers, the owner and admins.
pub(super) const TO_FOLLOWERS: [u16; 6] = [404, 404, 404, 200, 200, ADMIN];
/// Visible to the owner and admins.
pub(super) const PRIVATE: [u16; 6] = [404, 404, 404, 404, 200, ADMIN];
/// Resources that a private account shows to its followers; the owner of the other resources is a
/// stranger here.
pub(super) const OF_SECRET: [u16; 6] = [404, 404, 404, 200, 404, ADMIN];
/// Visible to nobody.
pub(super) const NOWHERE: [u16; 6] = [404; 6];

/// Needs a session; then this status for all.
pub(super) const fn signed_in(status: u16) -> [u16; 6] {
    [401, status, status, status, status, status]
}
