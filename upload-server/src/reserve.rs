//! Disk space that uploads must not use. A full disk affects everything that shares it, so
//! creations are refused earlier. Uploads in progress continue until the disk is really full.

use std::{
    io,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use shared::blocking;
use shared::storage::{Space, Store};

/// How long a reading of the free space is used.
const FRESH: Duration = Duration::from_secs(1);
/// The default reserve: the larger of this and a fiftieth of the file system.
const LEAST_BYTES: u64 = 1 << 30;

/// Checks whether there is enough space.
#[derive(Debug)]
pub struct Reserve {
    store: Store,
    reserved_bytes: Option<u64>,
    last: Mutex<Option<(Instant, Space)>>,
}

impl Reserve {
    /// Keeps `reserved_bytes` of the store's file system free.
    pub fn new(store: Store, reserved_bytes: Option<u64>) -> Self {
        Self {
            store,
            reserved_bytes,
            last: Mutex::default(),
        }
    }

    /// Whether an upload of `length` bytes would leave the reserve free.
    ///
    /// # Errors
    /// The free space cannot be read.
    pub async fn has_room(&self, length: u64) -> io::Result<bool> {
        let space = self.space().await?;
        let reserved = self
            .reserved_bytes
            .unwrap_or((space.total / 50).max(LEAST_BYTES));
        Ok(space.available >= reserved.saturating_add(length))
    }

    async fn space(&self) -> io::Result<Space> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, space)) = last.filter(|(at, _)| at.elapsed() < FRESH) {
            return Ok(space);
        }
        let store = self.store.clone();
        let space = blocking(move || store.space()).await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), space));
        Ok(space)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_upload_that_would_eat_into_the_reserve_has_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let available = store.space().unwrap().available;
        assert!(
            Reserve::new(store.clone(), Some(0))
                .has_room(1)
                .await
                .unwrap()
        );
        let half = Reserve::new(store.clone(), Some(available / 2));
        assert!(half.has_room(1).await.unwrap());
        assert!(!half.has_room(available / 4 * 3).await.unwrap());
        assert!(
            !Reserve::new(store, Some(u64::MAX))
                .has_room(0)
                .await
                .unwrap()
        );
    }
}
