//! What dead attempts leave behind: objects that no row names, and hints that nobody needs.
//!
//! An object goes only when no row names it *and* whoever wrote it can no longer publish.
//! The order of looking matters: first the folder, then the job, then the rows. An object that is
//! seen was written by an attempt claimed before; if that attempt does not run any more when the job
//! is read, it has either published by then, which the rows show, or never will. Pictures that came
//! with a request are stored by an api-server, whose sets no job is known by: they are given an hour
//! for their transaction, which never lasts a minute.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use shared::{
    blocking,
    db::{self, Pool},
    ids::{JobId, MediaId, SetId},
    media::{ObjectNames, store::list_named_objects},
    storage::Store,
};

use tokio_util::sync::CancellationToken;

use crate::{
    publish::remove_if_empty,
    store::{find_running_token, list_gone_media},
};

/// Hints are looked at within moments; an old one is of no use to anybody.
const HINT_AGE: Duration = Duration::from_hours(1);

/// How long an object without a row may still belong to a request under way.
const REQUEST_AGE: Duration = Duration::from_hours(1);

/// How many media are asked about in one statement.
const BATCH: usize = 10_000;

/// Why a sweep did not end.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store could not be read or changed.
    #[error("the store failed")]
    Store(#[from] io::Error),
    /// The rows that name what lies here are elsewhere.
    #[error(
        "the store belongs to another database; to hand the store over, remove the file `database` \
         in PAWL_STORE"
    )]
    Foreign,
    /// Postgres did not answer, so nothing is known to be garbage.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// Looks through the store from time to time.
pub struct Sweeper {
    pool: Pool,
    store: Store,
    /// When a set's folder was last changed, for sets in which nothing was left to decide. They are
    /// looked at again when that changes, or when their media is gone.
    settled: HashMap<PathBuf, SystemTime>,
}

impl Sweeper {
    /// A sweeper that has seen nothing yet.
    pub fn new(pool: Pool, store: Store) -> Self {
        Self {
            pool,
            store,
            settled: HashMap::new(),
        }
    }

    /// Sweeps at once and then every `period`, until `stop`.
    pub async fn run(mut self, period: Duration, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.sweep().await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "removed the files of dead attempts"),
                Err(error) => tracing::warn!(%error, "not swept"),
            }
            stop.run_until_cancelled(tokio::time::sleep(period)).await;
        }
    }

    /// Looks at every set that changed since it was settled, and at those of media that are gone.
    /// Gives back how many files went.
    pub async fn sweep(&mut self) -> Result<usize, SweepError> {
        let database = db::identity(&mut *self.pool.acquire().await?).await?;
        let store = self.store.clone();
        if !blocking(move || store.belongs_to(&database)).await? {
            return Err(SweepError::Foreign);
        }
        let store = self.store.clone();
        let found = blocking(move || {
            remove_old_hints(&store.ready_folder())?;
            list_sets(&store)
        });
        let mut removed = 0;
        for found in self.unsettle(found.await?).await? {
            let swept = sweep_set(&self.pool, &self.store, found.media, found.set).await?;
            removed += swept.removed;
            if swept.is_settled && swept.removed == 0 {
                self.settled.insert(found.folder, found.modified);
            }
        }
        Ok(removed)
    }

    /// Those sets that are to be looked at. What is not there any more is forgotten.
    async fn unsettle(&mut self, found: Vec<FoundSet>) -> Result<Vec<FoundSet>, sqlx::Error> {
        let (known, mut open): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|set| self.settled.get(&set.folder) == Some(&set.modified));
        let mut gone = HashSet::new();
        let mut connection = self.pool.acquire().await?;
        for batch in known.chunks(BATCH) {
            let media: Vec<_> = batch.iter().map(|set| set.media.0).collect();
            gone.extend(list_gone_media(&mut connection, &media).await?);
        }
        let (again, kept): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|set| gone.contains(&set.media));
        let kept = kept.into_iter().map(|set| (set.folder, set.modified));
        self.settled = kept.collect();
        open.extend(again);
        Ok(open)
    }
}

/// What became of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Files that are gone.
    pub removed: usize,
    /// Whether every file that stays is named by a row.
    pub is_settled: bool,
}

/// Removes the objects of one set that no row names and whose attempt is over.
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
    // A set's id is its job's, unless a request brought it.
    let job = find_running_token(&mut connection, JobId(set.0)).await?;
    let is_under_way = job.is_none() && is_young;
    let running = job.flatten().map(ObjectNames::new);
    let named = list_named_objects(&mut connection, media).await?;
    drop(connection);
    let is_at_work = running.is_some() || is_under_way;
    let is_unnamed = |file: &&String| !named.contains(file);
    let is_running =
        |file: &String| is_under_way || running.as_ref().is_some_and(|names| names.owns(file));
    let (kept, garbage): (Vec<_>, Vec<_>) = files
        .iter()
        .filter(is_unnamed)
        .cloned()
        .partition(is_running);
    let swept = Swept {
        removed: garbage.len(),
        is_settled: kept.is_empty() && !is_at_work,
    };
    blocking(move || {
        for file in garbage {
            ignore_missing(std::fs::remove_file(folder.join(file)))?;
        }
        // An attempt that has just begun has a folder and nothing in it yet.
        if is_at_work {
            return Ok(());
        }
        ignore_missing(remove_if_empty(&folder))?;
        folder
            .parent()
            .map_or(Ok(()), |parent| ignore_missing(remove_if_empty(parent)))
    })
    .await?;
    Ok(swept)
}

struct FoundSet {
    media: MediaId,
    set: SetId,
    folder: PathBuf,
    modified: SystemTime,
}

fn list_sets(store: &Store) -> io::Result<Vec<FoundSet>> {
    let mut found = Vec::new();
    for name in list_names(&store.root().join("media"))? {
        let Ok(media) = name.parse::<MediaId>() else {
            continue;
        };
        for name in list_names(&store.media(media))? {
            let Ok(set) = name.parse::<SetId>() else {
                continue;
            };
            let folder = store.set(media, set);
            let Ok(modified) = folder.metadata().and_then(|metadata| metadata.modified()) else {
                continue;
            };
            found.push(FoundSet {
                media,
                set,
                folder,
                modified,
            });
        }
    }
    Ok(found)
}

fn remove_old_hints(folder: &Path) -> io::Result<()> {
    for name in list_names(folder)? {
        let hint = folder.join(name);
        let age = hint
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map(|at| at.elapsed());
        if matches!(age, Ok(Ok(age)) if age > HINT_AGE) {
            ignore_missing(std::fs::remove_file(hint))?;
        }
    }
    Ok(())
}

/// Whether the folder was changed so lately that a request may be about to name what is in it.
fn is_young(folder: &Path) -> bool {
    let modified = folder.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < REQUEST_AGE))
}

/// The names in a folder; none when there is no folder.
fn list_names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// Another transcoder may sweep at the same time.
fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
