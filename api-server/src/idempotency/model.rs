//! The key of a request, and its record.

use shared::ids::UserId;

use crate::http::IdempotencyKey;

/// A user's request with a key.
#[derive(Debug, Clone, Copy)]
pub struct UsersKey<'a> {
    pub user_id: UserId,
    pub key: &'a IdempotencyKey,
}

impl<'a> UsersKey<'a> {
    pub fn new(user_id: UserId, key: &'a IdempotencyKey) -> Self {
        Self { user_id, key }
    }
}

/// The resource created with a key; without values if there is none.
pub struct KeyRow {
    pub body_sha256: Option<Vec<u8>>,
    pub resource_id: Option<String>,
}
