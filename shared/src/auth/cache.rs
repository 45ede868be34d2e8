//! A small bounded cache for things that are dear to work out and cheap to forget.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A map of at most `2 × half` entries. When the young half is full it becomes the old half and
/// the old half is dropped; what is read moves to the young one. No clock, no list, no task.
#[derive(Debug)]
pub struct Cache<K, V> {
    half: usize,
    halves: Mutex<Halves<K, V>>,
}

#[derive(Debug)]
struct Halves<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// An empty cache that never holds more than `2 × half` entries.
    pub fn new(half: usize) -> Self {
        let halves = Halves {
            young: HashMap::new(),
            old: HashMap::new(),
        };
        Self {
            half: half.max(1),
            halves: Mutex::new(halves),
        }
    }

    /// What was put in for `key`, if it is still there.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let mut halves = self.lock();
        if let Some(value) = halves.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = halves.old.remove_entry(key)?;
        self.put(&mut halves, key, value.clone());
        Some(value)
    }

    /// Keeps `value`, in place of an older one.
    pub fn insert(&self, key: K, value: V) {
        let mut halves = self.lock();
        halves.old.remove(&key);
        self.put(&mut halves, key, value);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut halves = self.lock();
        halves.young.clear();
        halves.old.clear();
    }

    fn put(&self, halves: &mut Halves<K, V>, key: K, value: V) {
        if halves.young.len() >= self.half {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(key, value);
    }

    fn lock(&self) -> MutexGuard<'_, Halves<K, V>> {
        // A panic while it was held cannot leave the maps half changed.
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_grows_past_its_bound_and_keeps_what_is_read() {
        let cache = Cache::new(10);
        cache.insert(0, "kept");
        for number in 1..1000 {
            cache.insert(number, "passing");
            assert_eq!(cache.get(&0), Some("kept"));
            let halves = cache.lock();
            assert!(halves.young.len() + halves.old.len() <= 20);
        }
        assert_eq!(cache.get(&1), None);
    }

    #[test]
    fn a_newer_value_takes_the_place_of_an_older_one() {
        let cache = Cache::new(1);
        cache.insert("a", 1);
        cache.insert("b", 2);
        cache.insert("a", 3);
        assert_eq!(cache.get("a"), Some(3));
    }
}
