//! Chooses the sets to sweep.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use shared::{
    blocking,
    db::{self, Pool},
    ids::{MediaId, SetId},
    storage::Store,
    telemetry::SweepMetrics,
};
use tokio_util::sync::CancellationToken;

use super::{
    files::{ignore_missing, list_names},
    set::{SweepError, sweep_set},
};
use crate::store::list_gone_media;

/// Hints are read within moments; an older one has no use.
const HINT_AGE: Duration = Duration::from_hours(1);

/// The label of its metrics.
const SWEEP: &str = "objects";

/// How many media one statement looks up.
const BATCH: usize = 10_000;

/// Sweeps the store from time to time.
pub struct Sweeper {
    pool: Pool,
    store: Store,
    /// The modification time of each settled set's folder. The set is swept again when that changes
    /// or when its media is deleted.
    settled: HashMap<PathBuf, SystemTime>,
    /// Its runs.
    pub metrics: SweepMetrics,
}

impl Sweeper {
    /// A sweeper that has settled no set.
    pub fn new(pool: Pool, store: Store) -> Self {
        Self {
            pool,
            store,
            settled: HashMap::new(),
            metrics: SweepMetrics::new(&[SWEEP]),
        }
    }

    /// Sweeps at once and then every `period`, until `stop`.
    pub async fn run(mut self, period: Duration, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let swept = self.sweep().await;
            self.metrics.note(SWEEP, swept.is_ok());
            match swept {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "removed objects of dead attempts"),
                Err(error) => tracing::warn!(%error, "cannot sweep the store"),
            }
            stop.run_until_cancelled(tokio::time::sleep(period)).await;
        }
    }

    /// Sweeps every set that changed since it was settled, and those of deleted media. Returns how
    /// many files were removed.
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
        for found in self.choose(found.await?).await? {
            let swept = sweep_set(&self.pool, &self.store, found.media, found.set).await?;
            removed += swept.removed;
            if swept.is_settled && swept.removed == 0 {
                self.settled.insert(found.folder, found.modified);
            }
        }
        Ok(removed)
    }

    /// The sets to sweep. Settled sets whose folder no longer exists are forgotten.
    async fn choose(&mut self, found: Vec<FoundSet>) -> Result<Vec<FoundSet>, sqlx::Error> {
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
