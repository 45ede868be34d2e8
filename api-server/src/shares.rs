//! Bounds for each of many: a semaphore a name, made when somebody asks for it and gone when nobody
//! uses it any more.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Semaphore;

/// From how many on those are looked for that nobody uses any more.
const MANY: usize = 1024;

/// Semaphores by name, each of so many permits.
#[derive(Debug)]
pub struct Shares<K> {
    permits: usize,
    open: Mutex<HashMap<K, Weak<Semaphore>>>,
}

impl<K: Eq + Hash> Shares<K> {
    /// Of `permits` each.
    pub fn new(permits: usize) -> Self {
        Self {
            permits,
            open: Mutex::default(),
        }
    }

    /// The semaphore of this name. It is one as long as somebody holds it or a permit of it.
    pub fn of(&self, name: K) -> Arc<Semaphore> {
        // A panic while it was held cannot leave the map half changed.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = open.get(&name).and_then(Weak::upgrade) {
            return share;
        }
        if open.len() >= MANY {
            open.retain(|_, share| share.strong_count() > 0);
        }
        let share = Arc::new(Semaphore::new(self.permits));
        open.insert(name, Arc::downgrade(&share));
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_one_while_it_is_used_and_new_after_that() {
        let shares = Shares::new(2);
        let permit = shares.of("ada").try_acquire_owned().unwrap();
        assert_eq!(shares.of("ada").available_permits(), 1);
        assert_eq!(shares.of("bob").available_permits(), 2);
        drop(permit);
        assert_eq!(shares.of("ada").available_permits(), 2);
    }

    #[test]
    fn those_that_nobody_uses_are_not_kept_for_ever() {
        let shares = Shares::new(1);
        let held = shares.of("held".to_owned());
        let permit = Arc::clone(&held).try_acquire_owned().unwrap();
        drop(held);
        for number in 0..3 * MANY {
            drop(shares.of(number.to_string()));
        }
        assert!(shares.open.lock().unwrap().len() <= MANY);
        assert_eq!(shares.of("held".to_owned()).available_permits(), 0);
        drop(permit);
    }
}
