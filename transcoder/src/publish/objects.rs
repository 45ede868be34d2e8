//! The objects of one attempt, on their way into the store.

use std::{io, path::PathBuf};

use shared::{
    ids::{MediaId, SetId},
    jobs::Lease,
    media::ObjectNames,
    storage::{Store, sync_dir, write_durably},
};
use tokio_util::task::TaskTracker;

/// Writes objects under names that no other attempt uses. They are in the store at once, but
/// nobody looks for them until a row names them.
#[derive(Debug)]
pub struct ObjectWriter {
    folder: PathBuf,
    names: ObjectNames,
    tasks: TaskTracker,
}

impl ObjectWriter {
    /// Opens the folder of the set that the holder of `lease` makes of `media`. Whoever holds
    /// `tasks` can wait until nothing writes any more.
    pub async fn open(
        store: &Store,
        media: MediaId,
        lease: &Lease,
        tasks: TaskTracker,
    ) -> io::Result<Self> {
        let (parent, folder) = (
            store.media(media),
            store.set(media, SetId::from(lease.job_id)),
        );
        let names = ObjectNames::new(lease.token);
        let writer = Self {
            folder: folder.clone(),
            names,
            tasks,
        };
        writer
            .blocking(move || {
                std::fs::create_dir_all(&folder)?;
                sync_dir(&parent)?;
                parent.parent().map_or(Ok(()), sync_dir)
            })
            .await?;
        Ok(writer)
    }

    /// Counts `task` among those that may write.
    pub fn track<F: Future>(&self, task: F) -> impl Future<Output = F::Output> + use<F> {
        self.tasks.track_future(task)
    }

    /// The names of this attempt.
    pub fn names(&self) -> &ObjectNames {
        &self.names
    }

    /// Stores an object; it is on disk, name and all, when this returns.
    pub async fn write(&self, object: String, bytes: Vec<u8>) -> io::Result<()> {
        let path = self.folder.join(object);
        self.blocking(move || write_durably(&path, &bytes)).await
    }

    /// Runs to its end even when nobody waits for it any more.
    async fn blocking(
        &self,
        work: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        self.tasks.spawn_blocking(work).await?
    }
}

/// Another attempt may be writing into the folder right now; then it stays.
pub fn remove_if_empty(folder: &std::path::Path) -> io::Result<()> {
    match std::fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
        _ => Ok(()),
    }
}
