//! Caches for a few seconds who may read the files of which media items.

use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use shared::ids::{MediaId, SessionId};

use super::model::AccessRow;

/// How long an entry is valid.
const LIFETIME: Duration = Duration::from_secs(5);
/// How many entries are kept.
const MAX_ENTRIES: usize = 8192;

/// The media item of a file and the session of its grant; `None` for a public grant.
type Key = (MediaId, Option<SessionId>);

/// Access that was granted within the last five seconds.
pub struct AccessCache(Cache<Key, (Instant, AccessRow)>);

impl Default for AccessCache {
    fn default() -> Self {
        Self(Cache::new(MAX_ENTRIES))
    }
}

impl AccessCache {
    pub fn get(&self, media_id: MediaId, session_id: Option<SessionId>) -> Option<AccessRow> {
        let (asked_at, access) = self.0.get(&(media_id, session_id))?;
        (asked_at.elapsed() < LIFETIME).then_some(access)
    }

    /// Stores the database's answer to a query that began at `asked_at`.
    pub fn insert(&self, key: Key, access: AccessRow, asked_at: Instant) {
        self.0.insert(key, (asked_at, access));
    }

    /// Empties the cache.
    #[cfg(test)]
    pub fn forget(&self) {
        self.0.clear();
    }
}
