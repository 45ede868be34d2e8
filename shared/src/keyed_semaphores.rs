//! A semaphore per key, created at its first use and removed when nobody holds it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Semaphore;

/// From this many keys on, adding a key may first remove unused semaphores.
const SWEEP_FROM: usize = 1024;

/// Semaphores by key, each with the same number of permits.
#[derive(Debug)]
pub struct KeyedSemaphores<K> {
    permits: usize,
    entries: Mutex<Entries<K>>,
}

#[derive(Debug)]
struct Entries<K> {
    semaphores: HashMap<K, Weak<Semaphore>>,
    /// The number of keys at which the next sweep is due. It is twice what the last sweep has left,
    /// so that sweeps cost a constant amount per added key.
    sweep_at: usize,
}

impl<K: Eq + Hash> KeyedSemaphores<K> {
    /// Creates a map whose semaphores have `permits` permits each.
    pub fn new(permits: usize) -> Self {
        Self {
            permits,
            entries: Mutex::new(Entries {
                semaphores: HashMap::new(),
                sweep_at: SWEEP_FROM,
            }),
        }
    }

    /// The semaphore of `key`. It stays the same as long as someone holds it or one of its permits.
    pub fn get(&self, key: K) -> Arc<Semaphore> {
        // A panic under this lock cannot leave the map in an inconsistent state.
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(semaphore) = entries.semaphores.get(&key).and_then(Weak::upgrade) {
            return semaphore;
        }
        if entries.semaphores.len() >= entries.sweep_at {
            entries.sweep();
        }
        let semaphore = Arc::new(Semaphore::new(self.permits));
        entries.semaphores.insert(key, Arc::downgrade(&semaphore));
        semaphore
    }
}

impl<K: Eq + Hash> Entries<K> {
    fn sweep(&mut self) {
        self.semaphores
            .retain(|_, semaphore| semaphore.strong_count() > 0);
        self.sweep_at = SWEEP_FROM.max(2 * self.semaphores.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semaphore_stays_the_same_while_it_is_used_and_is_new_after_that() {
        let semaphores = KeyedSemaphores::new(2);
        let permit = semaphores.get("ada").try_acquire_owned().unwrap();
        assert_eq!(semaphores.get("ada").available_permits(), 1);
        assert_eq!(semaphores.get("bob").available_permits(), 2);
        drop(permit);
        assert_eq!(semaphores.get("ada").available_permits(), 2);
    }

    #[test]
    fn unused_semaphores_are_removed_and_used_ones_are_kept() {
        let semaphores = KeyedSemaphores::new(1);
        let held = semaphores.get("held".to_owned());
        let permit = Arc::clone(&held).try_acquire_owned().unwrap();
        drop(held);
        for number in 0..3 * SWEEP_FROM {
            drop(semaphores.get(number.to_string()));
        }
        assert!(semaphores.entries.lock().unwrap().semaphores.len() <= SWEEP_FROM);
        assert_eq!(semaphores.get("held".to_owned()).available_permits(), 0);
        drop(permit);
    }
}
