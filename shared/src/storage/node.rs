//! Node ids. A node id belongs to the process that holds the lock on its file. The kernel releases
//! the lock when the process ends, however it ends, and keeps it while the process is only stopped.
//! So a successor takes over the id of a dead process, never that of a stopped one.

use std::{fs::File, io};

use rustix::fs::{FlockOperation, flock};

use super::{durable::sync_dir, store::Store};
use crate::ids::NodeId;

/// This process's node id, held until dropped.
#[derive(Debug)]
pub struct NodeLock {
    id: NodeId,
    /// Holds the lock; nothing is written to the file.
    _file: File,
}

impl NodeLock {
    /// Takes over the oldest id whose process is dead, or creates a new one. Blocks briefly; call
    /// it at start-up.
    pub fn acquire(store: &Store) -> io::Result<Self> {
        let mut known = Self::known(store)?;
        known.sort();
        for id in known {
            if let Some(lock) = Self::try_lock(store, id)? {
                return Ok(lock);
            }
        }
        let lock = Self::try_lock(store, NodeId::generate())?;
        lock.ok_or_else(|| io::Error::other("another process holds the lock of a new node"))
    }

    /// This process's id.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Whether a process holds `node`. A stopped process counts as alive, because it may resume and
    /// write. Blocks briefly.
    pub fn is_alive(store: &Store, node: NodeId) -> io::Result<bool> {
        match File::open(store.node_lock(node)) {
            Ok(file) => Ok(!try_flock(&file)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn known(store: &Store) -> io::Result<Vec<NodeId>> {
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(store.root().join("nodes"))? {
            let name = entry?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".lock"));
            ids.extend(id.and_then(|id| id.parse::<NodeId>().ok()));
        }
        Ok(ids)
    }

    fn try_lock(store: &Store, id: NodeId) -> io::Result<Option<Self>> {
        let path = store.node_lock(id);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        sync_dir(&store.root().join("nodes"))?;
        Ok(try_flock(&file)?.then_some(Self { id, _file: file }))
    }
}

/// Whether the lock was free and is now ours.
fn try_flock(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_nodes_never_share_an_id_and_a_successor_takes_it_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let first = NodeLock::acquire(&store).unwrap();
        let second = NodeLock::acquire(&store).unwrap();
        assert_ne!(first.id(), second.id());
        assert!(NodeLock::is_alive(&store, first.id()).unwrap());
        let id = first.id();
        drop(first);
        assert!(!NodeLock::is_alive(&store, id).unwrap());
        assert_eq!(NodeLock::acquire(&store).unwrap().id(), id);
        assert!(!NodeLock::is_alive(&store, NodeId::generate()).unwrap());
    }
}
