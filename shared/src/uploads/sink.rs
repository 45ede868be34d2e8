//! Where bytes are written: on this machine, one append-only file per upload.
//!
//! Large frames are written at once on the runtime's thread, while they are in the CPU cache and
//! their buffers can be reused; another thread would cost half as much again. Small frames are
//! gathered. If the store is slow, a blocking thread writes. Every fsync runs on a blocking thread.
//! A failed fsync condemns the file: the kernel forgets the error, and the pages with it.

use std::{
    fs::File,
    io::{self, IoSlice},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::{
    blocking,
    ids::UploadId,
    storage::{Store, sync_dir},
};

/// A frame of this size is written on its own.
const DIRECT: usize = 128 * 1024;
/// Smaller frames are gathered up to this many bytes …
const GATHERED: usize = 256 * 1024;
/// … or this many frames: each may keep a larger buffer of the connection in memory.
const FRAMES: usize = 64;
/// A write that takes longer means that the store is slow.
const SLOW: Duration = Duration::from_millis(5);

/// The errors of a file in the store.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The disk or the quota is full. What was written counts; the upload can continue when there
    /// is space.
    #[error("no space left in the store")]
    NoSpace,
    /// The file is missing.
    #[error("the source is missing")]
    Missing,
    /// An fsync failed: the content of the file is unknown.
    #[error("the source could not be synced")]
    Broken(#[source] io::Error),
    /// Any other error.
    #[error("the store failed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for SinkError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::NoSpace,
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

/// The store's folder of sources.
#[derive(Debug, Clone)]
pub struct LocalSink {
    store: Store,
}

impl LocalSink {
    /// The sources of `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Creates the empty file and makes its name durable, before a row refers to it.
    pub async fn create(&self, id: UploadId) -> Result<Appender, SinkError> {
        let store = self.store.clone();
        let file = blocking(move || {
            let path = store.source(id);
            let file = File::options()
                .read(true)
                .append(true)
                .create_new(true)
                .open(path)?;
            sync_dir(&store.sources())?;
            Ok(file)
        })
        .await?;
        Ok(Appender::new(file, 0, true))
    }

    /// Opens the file to continue at its end. Its content may not be synced.
    pub async fn open(&self, id: UploadId) -> Result<Appender, SinkError> {
        let path = self.store.source(id);
        let (file, length) = blocking(move || {
            let file = File::options().read(true).append(true).open(path)?;
            let length = file.metadata()?.len();
            Ok((file, length))
        })
        .await?;
        Ok(Appender::new(file, length, false))
    }

    /// The length of the file, synced or not.
    pub async fn length(&self, id: UploadId) -> Result<u64, SinkError> {
        let path = self.store.source(id);
        Ok(blocking(move || Ok(std::fs::metadata(path)?.len())).await?)
    }

    /// Removes the file; a missing file is not an error.
    pub async fn discard(&self, id: UploadId) -> Result<(), SinkError> {
        let path = self.store.source(id);
        let removed = blocking(move || std::fs::remove_file(path)).await;
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => Ok(other?),
        }
    }

    /// The store of the files.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// The end of one upload's file. It tolerates cancelled calls: the next user waits for a write or
/// an fsync that still runs on another thread, and gets its outcome.
#[derive(Debug)]
pub struct Appender {
    file: Arc<File>,
    /// Bytes in the file.
    written: u64,
    /// Bytes known to be on disk; `None` until the first fsync of an existing file.
    synced: Option<u64>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    is_slow: bool,
    /// An fsync failed. Another one would succeed without any meaning.
    is_broken: bool,
    in_flight: Option<JoinHandle<Done>>,
}

/// How many bytes a write stored, and the error that stopped it.
type Wrote = (u64, io::Result<()>);

/// The outcome of work on another thread.
#[derive(Debug)]
enum Done {
    Wrote(Wrote),
    /// Synced up to this offset, if it succeeded.
    Synced(u64, io::Result<()>),
}

impl Appender {
    fn new(file: File, length: u64, is_synced: bool) -> Self {
        Self {
            file: Arc::new(file),
            written: length,
            synced: is_synced.then_some(length),
            gathered: Vec::new(),
            gathered_bytes: 0,
            is_slow: false,
            is_broken: false,
            in_flight: None,
        }
    }

    /// The offset of the next pushed byte.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.written + self.gathered_bytes as u64
    }

    /// Bytes known to be on disk.
    #[must_use]
    pub fn synced(&self) -> u64 {
        self.synced.unwrap_or(0)
    }

    /// Whether an fsync failed: then the content of the file does not count.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Whether bytes wait for [`Appender::flush`].
    #[must_use]
    pub fn has_gathered(&self) -> bool {
        self.gathered_bytes > 0
    }

    /// Appends bytes: written now, or gathered for a larger write.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), SinkError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let is_direct = bytes.len() >= DIRECT;
        self.gathered_bytes += bytes.len();
        self.gathered.push(bytes);
        let is_full = self.gathered_bytes >= GATHERED || self.gathered.len() >= FRAMES;
        if is_direct || is_full {
            self.flush().await
        } else {
            Ok(())
        }
    }

    /// Writes the gathered frames. After an error the rest of them is dropped, and
    /// [`Appender::end`] is the real end of the file.
    pub async fn flush(&mut self) -> Result<(), SinkError> {
        self.settle().await?;
        if self.gathered.is_empty() {
            return Ok(());
        }
        self.gathered_bytes = 0;
        let frames = std::mem::take(&mut self.gathered);
        let started = Instant::now();
        let outcome = if self.is_slow {
            let file = Arc::clone(&self.file);
            self.in_flight = Some(tokio::task::spawn_blocking(move || {
                Done::Wrote(append(&file, &frames))
            }));
            self.settle().await
        } else {
            self.account(Done::Wrote(append(&self.file, &frames)))
        };
        self.is_slow = started.elapsed() > SLOW;
        outcome
    }

    /// Writes and syncs everything; returns the durable offset.
    pub async fn sync(&mut self) -> Result<u64, SinkError> {
        self.flush().await?;
        if self.synced != Some(self.written) {
            let (file, end) = (Arc::clone(&self.file), self.written);
            self.in_flight = Some(tokio::task::spawn_blocking(move || {
                Done::Synced(end, file.sync_data())
            }));
            self.settle().await?;
        }
        Ok(self.synced())
    }

    /// Waits for work that a cancelled call left running.
    async fn settle(&mut self) -> Result<(), SinkError> {
        if let Some(in_flight) = self.in_flight.as_mut() {
            // After a panic the content of the file is unknown, as after a failed fsync.
            let done = in_flight
                .await
                .unwrap_or_else(|panic| Done::Synced(0, Err(io::Error::other(panic))));
            self.in_flight = None;
            self.account(done)?;
        }
        if self.is_broken {
            return Err(SinkError::Broken(io::Error::other(
                "an earlier fsync failed",
            )));
        }
        Ok(())
    }

    fn account(&mut self, done: Done) -> Result<(), SinkError> {
        match done {
            Done::Wrote((written, result)) => {
                self.written += written;
                Ok(result?)
            }
            Done::Synced(end, Ok(())) => {
                self.synced = Some(end);
                Ok(())
            }
            Done::Synced(_, Err(error)) => {
                self.is_broken = true;
                Err(SinkError::Broken(error))
            }
        }
    }
}

/// Appends all of `frames`, in as few calls as the kernel allows.
fn append(file: &File, frames: &[Bytes]) -> Wrote {
    let mut slices: Vec<IoSlice<'_>> = frames.iter().map(|bytes| IoSlice::new(bytes)).collect();
    let mut rest = slices.as_mut_slice();
    let mut written = 0;
    while !rest.is_empty() {
        match io::Write::write_vectored(&mut &*file, rest) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => {
                written += count as u64;
                IoSlice::advance_slices(&mut rest, count);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sink() -> (tempfile::TempDir, LocalSink) {
        let folder = tempfile::tempdir().unwrap();
        let sink = LocalSink::new(Store::open(folder.path()).unwrap());
        (folder, sink)
    }

    #[tokio::test]
    async fn small_frames_are_gathered_and_large_ones_written_at_once() {
        let (_folder, sink) = sink();
        let id = UploadId::generate();
        let mut appender = sink.create(id).await.unwrap();
        appender.push(Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!((appender.end(), sink.length(id).await.unwrap()), (3, 0));
        appender
            .push(Bytes::from(vec![b'x'; DIRECT]))
            .await
            .unwrap();
        let end = 3 + DIRECT as u64;
        assert_eq!((appender.end(), sink.length(id).await.unwrap()), (end, end));
        for _ in 0..FRAMES - 1 {
            appender.push(Bytes::from_static(b"y")).await.unwrap();
        }
        assert_eq!(sink.length(id).await.unwrap(), end);
        appender.push(Bytes::from_static(b"y")).await.unwrap();
        assert_eq!(sink.length(id).await.unwrap(), end + FRAMES as u64);
    }

    #[tokio::test]
    async fn an_upload_goes_on_where_its_file_ends_and_slow_writes_keep_their_order() {
        let (_folder, sink) = sink();
        let id = UploadId::generate();
        let mut appender = sink.create(id).await.unwrap();
        appender.push(Bytes::from_static(b"one ")).await.unwrap();
        assert_eq!(appender.sync().await.unwrap(), 4);
        let mut appender = sink.open(id).await.unwrap();
        appender.is_slow = true;
        appender.push(Bytes::from_static(b"two ")).await.unwrap();
        appender.flush().await.unwrap();
        appender.push(Bytes::from_static(b"three")).await.unwrap();
        assert_eq!(appender.sync().await.unwrap(), 13);
        assert_eq!(
            std::fs::read(sink.store().source(id)).unwrap(),
            b"one two three"
        );
    }

    #[tokio::test]
    async fn a_failed_fsync_is_remembered_even_when_nobody_waited_for_it() {
        let (_folder, sink) = sink();
        let mut appender = sink.create(UploadId::generate()).await.unwrap();
        let failed = Done::Synced(0, Err(io::Error::other("the disk is gone")));
        appender.in_flight = Some(tokio::task::spawn_blocking(move || failed));
        for _ in 0..2 {
            assert!(matches!(appender.sync().await, Err(SinkError::Broken(_))));
        }
        assert!(appender.is_broken());
    }

    #[tokio::test]
    async fn a_file_is_made_once_and_a_missing_one_is_told() {
        let (_folder, sink) = sink();
        let id = UploadId::generate();
        assert!(matches!(sink.open(id).await, Err(SinkError::Missing)));
        sink.create(id).await.unwrap();
        assert!(sink.create(id).await.is_err());
        sink.discard(id).await.unwrap();
        sink.discard(id).await.unwrap();
    }
}
