//! Sweeps one set.

use std::{io, path::Path, time::Duration};

use shared::{
    blocking,
    db::Pool,
    ids::{JobId, MediaId, SetId},
    media::{ObjectNames, store::list_named_objects},
    storage::Store,
};

use super::files::{ignore_missing, list_names};
use crate::{
    publish::remove_if_empty,
    store::{JobStatus, find_job_status},
};

/// How long an object without a row may belong to a request in progress.
const REQUEST_AGE: Duration = Duration::from_hours(1);

/// Why a sweep did not finish.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store could not be read or changed.
    #[error("the store failed")]
    Store(#[from] io::Error),
    /// The rows that name the objects are in another database.
    #[error(
        "the store belongs to another database; to hand the store over, remove the file `database` \
         in PAWL_STORE"
    )]
    Foreign,
    /// Postgres failed, so it is not known which objects are garbage.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// The result of sweeping a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// The number of removed files.
    pub removed: usize,
    /// Whether a row names every remaining file and nothing writes into the set.
    pub is_settled: bool,
}

/// The one that may still publish objects of a set.
enum Writer {
    Nobody,
    /// The running attempt that uses these names.
    Attempt(ObjectNames),
    /// A request to an api-server.
    Request,
}

impl Writer {
    fn of(job: JobStatus, is_young: bool) -> Self {
        match job {
            JobStatus::Running { token } => Self::Attempt(ObjectNames::new(token)),
            JobStatus::Unknown if is_young => Self::Request,
            JobStatus::Unknown | JobStatus::NotRunning => Self::Nobody,
        }
    }

    fn owns(&self, object: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Attempt(names) => names.owns(object),
            Self::Request => true,
        }
    }
}

/// Removes the objects of one set that no row names and that nobody can publish.
pub async fn sweep_set(
    pool: &Pool,
    store: &Store,
    media: MediaId,
    set: SetId,
) -> Result<Swept, SweepError> {
    let folder = store.set(media, set);
    let listed = folder.clone();
    let (files, is_young) = blocking(move || Ok((list_names(&listed)?, is_young(&listed)))).await?;
    let mut connection = pool.acquire().await?;
    // The id of a set is the id of its job, unless a request brought it.
    let job = find_job_status(&mut connection, JobId(set.0)).await?;
    let named = list_named_objects(&mut connection, media).await?;
    drop(connection);
    let writer = Writer::of(job, is_young);
    let unnamed = files.into_iter().filter(|file| !named.contains(file));
    let (kept, garbage): (Vec<_>, Vec<_>) = unnamed.partition(|file| writer.owns(file));
    let is_written = !matches!(writer, Writer::Nobody);
    let swept = Swept {
        removed: garbage.len(),
        is_settled: kept.is_empty() && !is_written,
    };
    blocking(move || {
        for file in garbage {
            ignore_missing(std::fs::remove_file(folder.join(file)))?;
        }
        // An attempt that has just begun has an empty folder.
        if is_written {
            return Ok(());
        }
        remove_empty_folders(&folder)
    })
    .await?;
    Ok(swept)
}

/// The set's folder and the media's, if they are empty.
fn remove_empty_folders(folder: &Path) -> io::Result<()> {
    ignore_missing(remove_if_empty(folder))?;
    let media = folder.parent();
    media.map_or(Ok(()), |media| ignore_missing(remove_if_empty(media)))
}

/// Whether the folder was changed so recently that a request may be about to name its files.
fn is_young(folder: &Path) -> bool {
    let modified = folder.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < REQUEST_AGE))
}
