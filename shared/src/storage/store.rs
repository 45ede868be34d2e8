//! The store's folders and the paths in them.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::{fs::Access, io::Errno};

use super::durable::sync_dir;
use crate::ids::{MediaId, NodeId, SetId, UploadId};

/// The folders that [`Store::open`] creates.
const FOLDERS: [&str; 5] = ["sources", "media", "ready", "nodes", "work"];

/// The root of the store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    root: Arc<Path>,
}

impl Store {
    /// Opens the store at `root` and creates missing folders. Blocks; call it at start-up.
    pub fn open(root: impl AsRef<Path>) -> io::Result<Self> {
        std::fs::create_dir_all(&root)?;
        let root = root.as_ref().canonicalize()?;
        for folder in FOLDERS {
            std::fs::create_dir_all(root.join(folder))?;
        }
        sync_dir(&root)?;
        Ok(Self { root: root.into() })
    }

    /// Whether the store at `root` can be opened and written, without changing anything. Its
    /// folders may be missing, as before the first start. Blocks briefly.
    ///
    /// # Errors
    /// `root` does not exist, or it or a folder is not writable.
    pub fn check(root: impl AsRef<Path>) -> io::Result<()> {
        let root = root.as_ref();
        rustix::fs::access(root, Access::WRITE_OK)?;
        for folder in FOLDERS {
            match rustix::fs::access(root.join(folder), Access::WRITE_OK) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The store's absolute path.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of uploaded files. They are never served by their paths.
    #[must_use]
    pub fn sources(&self) -> PathBuf {
        self.root.join("sources")
    }

    /// The file of an upload.
    #[must_use]
    pub fn source(&self, upload: UploadId) -> PathBuf {
        self.sources().join(upload.to_string())
    }

    /// The folder of all published sets of a media item.
    #[must_use]
    pub fn media(&self, media: MediaId) -> PathBuf {
        self.root.join("media").join(media.to_string())
    }

    /// The folder of one set.
    #[must_use]
    pub fn set(&self, media: MediaId, set: SetId) -> PathBuf {
        self.media(media).join(set.to_string())
    }

    /// The folder that watchers watch.
    #[must_use]
    pub fn ready_folder(&self) -> PathBuf {
        self.root.join("ready")
    }

    /// The hint that an upload is finished.
    #[must_use]
    pub fn ready(&self, upload: UploadId) -> PathBuf {
        self.ready_folder().join(upload.to_string())
    }

    /// The folder in which the transcoder creates one folder per attempt.
    #[must_use]
    pub fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// The file whose lock shows that a node is alive.
    #[must_use]
    pub fn node_lock(&self, node: NodeId) -> PathBuf {
        self.root.join("nodes").join(format!("{node}.lock"))
    }

    /// Whether this process may write to every folder. Blocks briefly.
    ///
    /// # Errors
    /// A folder is not writable, or the store is gone.
    pub fn check_writable(&self) -> io::Result<()> {
        for folder in FOLDERS {
            rustix::fs::access(self.root.join(folder), Access::WRITE_OK)?;
        }
        Ok(())
    }

    /// Free bytes and the size of the file system. Blocks briefly.
    pub fn space(&self) -> io::Result<Space> {
        let stat = rustix::fs::statvfs(&*self.root)?;
        Ok(Space {
            available: stat.f_bavail.saturating_mul(stat.f_frsize),
            total: stat.f_blocks.saturating_mul(stat.f_frsize),
        })
    }
}

/// The store's file system, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Free bytes for an unprivileged process.
    pub available: u64,
    /// The total size.
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_finds_a_wrong_path_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        assert!(Store::check(&path).is_err());
        std::fs::create_dir(&path).unwrap();
        Store::check(&path).unwrap();
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
    }

    #[test]
    fn opening_twice_finds_the_same_store_and_there_is_space() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store")).unwrap();
        let again = Store::open(folder.path().join("store")).unwrap();
        assert_eq!(store.root(), again.root());
        let space = store.space().unwrap();
        assert!(space.available > 0 && space.available <= space.total);
    }
}
