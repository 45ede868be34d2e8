//! Writes the objects of one attempt into the store.

use std::{io, path::PathBuf};

use shared::{
    ids::{MediaId, SetId},
    jobs::Lease,
    media::ObjectNames,
    storage::{Store, sync_dir, write_durably},
};
use tokio_util::task::TaskTracker;

/// Writes objects under names that no other attempt uses. They are in the store at once, but
/// nothing reads them until a row names them.
#[derive(Debug)]
pub struct ObjectWriter {
    folder: PathBuf,
    names: ObjectNames,
    tasks: TaskTracker,
}

impl ObjectWriter {
    /// Opens the folder of the set that the attempt with `lease` makes of `media`. All writes are
    /// `tasks`, so that the caller can wait for them.
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

    /// Adds `task` to those that may write.
    pub fn track<F: Future>(&self, task: F) -> impl Future<Output = F::Output> + use<F> {
        self.tasks.track_future(task)
    }

    /// The names of this attempt's objects.
    pub fn names(&self) -> &ObjectNames {
        &self.names
    }

    /// Stores an object; the file and its name are synced when this returns.
    pub async fn write(&self, object: String, bytes: Vec<u8>) -> io::Result<()> {
        let path = self.folder.join(object);
        self.blocking(move || write_durably(&path, &bytes)).await
    }

    /// Runs `work` to its end, also when the future is dropped.
    async fn blocking(
        &self,
        work: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        self.tasks.spawn_blocking(work).await?
    }
}

/// Removes an empty folder. Another attempt may be writing into it; then it stays.
pub fn remove_if_empty(folder: &std::path::Path) -> io::Result<()> {
    match std::fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
        _ => Ok(()),
    }
}
