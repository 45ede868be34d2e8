//! A database and a store for one test, and the check that the test leaves nothing behind.

use std::{
    collections::HashSet,
    fs, io,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use super::TestDatabase;
use crate::{ids::MediaId, media::store::list_named_objects, storage::Store};

/// Jobs that are running, or due and not claimed. A purge that is not due yet does not count.
const OPEN_JOBS: &str = "select 'job ' || unique_key || ', ' || state || ', attempt ' || attempts
    from jobs
    where state = 'running' or state = 'queued' and run_after <= now()
    order by id";

/// The database and the store of one test. After a test that passed, dropping it panics if jobs are
/// open (running jobs hold leases) or if the store has files without a row. A test that leaves such
/// things on purpose calls `leave_jobs` or `leave_files`.
pub struct TestStage {
    /// The database.
    pub database: TestDatabase,
    /// The store.
    pub store: Store,
    /// The folder that contains the store. The test may put other files into it.
    pub folder: TempDir,
    may_leave_jobs: AtomicBool,
    may_leave_files: AtomicBool,
}

impl TestStage {
    /// A new database and an empty store.
    ///
    /// # Panics
    /// Like [`TestDatabase::create`], or if no folder can be created.
    pub async fn create() -> Self {
        Self::on(TestDatabase::create().await)
    }

    /// An empty store for `database`.
    ///
    /// # Panics
    /// If no folder can be created.
    #[must_use]
    pub fn on(database: TestDatabase) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let store = Store::open(folder.path().join("store")).expect("a store for the test");
        Self {
            database,
            store,
            folder,
            may_leave_jobs: AtomicBool::new(false),
            may_leave_files: AtomicBool::new(false),
        }
    }

    /// This test leaves open jobs on purpose.
    pub fn leave_jobs(&self) {
        self.may_leave_jobs.store(true, Ordering::Relaxed);
    }

    /// This test leaves files without a row on purpose, or rows of files that never existed.
    pub fn leave_files(&self) {
        self.may_leave_files.store(true, Ordering::Relaxed);
    }

    /// Everything that the test left behind without permission.
    async fn leftovers(&self) -> Vec<String> {
        let mut connection = PgConnection::connect(&self.database.url)
            .await
            .expect("the test's database is there");
        let mut found = Vec::new();
        if !self.may_leave_jobs.load(Ordering::Relaxed) {
            let jobs = sqlx::query_scalar(OPEN_JOBS).fetch_all(&mut connection);
            found.extend(jobs.await.expect("jobs"));
        }
        if !self.may_leave_files.load(Ordering::Relaxed) {
            found.extend(stray_files(&mut connection, &self.store).await);
        }
        found
    }
}

impl Drop for TestStage {
    /// Runs the check on its own thread and runtime, because a drop cannot wait on the test's
    /// runtime.
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let check = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(self.leftovers())
        };
        let found = thread::scope(|scope| scope.spawn(check).join());
        let found = found.expect("the check for leftovers ends");
        assert!(
            found.is_empty(),
            "the test left behind:\n  {}",
            found.join("\n  ")
        );
    }
}

/// Files of the store without a row. Hints, locks and the store's identity never have one.
async fn stray_files(connection: &mut PgConnection, store: &Store) -> Vec<String> {
    let uploads: Vec<String> = sqlx::query_scalar("select id::text from uploads")
        .fetch_all(&mut *connection)
        .await
        .expect("uploads");
    let mut strays = Vec::new();
    for name in list_names(&store.sources()) {
        if !uploads.contains(&name) {
            strays.push(format!("file sources/{name}"));
        }
    }
    for name in list_names(&store.work()) {
        strays.push(format!("file work/{name}"));
    }
    let published = store.root().join("media");
    for media in list_names(&published) {
        let named = named_objects(connection, &media).await;
        for set in list_names(&published.join(&media)) {
            for object in list_names(&published.join(&media).join(&set)) {
                if !named.contains(&object) {
                    strays.push(format!("file media/{media}/{set}/{object}"));
                }
            }
        }
    }
    strays
}

async fn named_objects(connection: &mut PgConnection, media: &str) -> HashSet<String> {
    let Ok(media) = media.parse::<MediaId>() else {
        return HashSet::new();
    };
    let named = list_named_objects(connection, media).await;
    named.expect("renditions").into_iter().collect()
}

/// The names in a folder; none when there is no folder.
fn list_names(folder: &Path) -> Vec<String> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_no_folder(&error) => return Vec::new(),
        entries => entries.expect("the store can be read"),
    };
    let name = |entry: io::Result<fs::DirEntry>| {
        let name = entry.expect("the store can be read").file_name();
        name.to_string_lossy().into_owned()
    };
    entries.map(name).collect()
}

fn is_no_folder(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::{
        ids::{SetId, UploadId},
        jobs::{ClaimSettings, JobKind, NewJob, claim, enqueue},
        testing::{insert_media, insert_user},
    };

    /// The panic message when `stage` is dropped.
    fn complaint(stage: TestStage) -> Option<String> {
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(stage)));
        dropped.err().map(|panic| *panic.downcast().unwrap())
    }

    async fn enqueue_job(stage: &TestStage, delay: std::time::Duration) {
        let job = NewJob {
            media_id: None,
            delay,
            ..NewJob::transcode(MediaId::generate())
        };
        let mut connection = stage.database.pool.acquire().await.unwrap();
        enqueue(&mut connection, &job).await.unwrap();
    }

    #[tokio::test]
    async fn due_jobs_and_open_leases_are_found_unless_the_test_means_to_leave_them() {
        let hour = std::time::Duration::from_hours(1);
        let stage = TestStage::create().await;
        enqueue_job(&stage, hour).await;
        assert_eq!(complaint(stage), None, "its time has not come");
        let stage = TestStage::create().await;
        enqueue_job(&stage, std::time::Duration::ZERO).await;
        assert!(complaint(stage).unwrap().contains("queued, attempt 0"));
        let stage = TestStage::create().await;
        enqueue_job(&stage, std::time::Duration::ZERO).await;
        let settings = ClaimSettings {
            lease: hour,
            max_attempts: Some(3),
        };
        let claimed = claim(&stage.database.pool, JobKind::Transcode, "w", settings).await;
        assert!(claimed.unwrap().is_some());
        assert!(complaint(stage).unwrap().contains("running, attempt 1"));
        let stage = TestStage::create().await;
        enqueue_job(&stage, std::time::Duration::ZERO).await;
        stage.leave_jobs();
        assert_eq!(complaint(stage), None);
    }

    #[tokio::test]
    async fn files_without_a_row_are_found_and_those_of_rows_are_fine() {
        let stage = TestStage::create().await;
        let owner = insert_user(&stage.database.pool, "ada").await;
        let [media, gone] = [MediaId::generate(), MediaId::generate()];
        insert_media(&stage.database.pool, owner, media, None).await;
        fs::write(stage.store.source(media.into()), "x").unwrap();
        fs::write(stage.store.ready(gone.into()), "").unwrap();
        let set = stage
            .store
            .set(media, SetId::from(crate::ids::JobId::generate()));
        fs::create_dir_all(&set).unwrap();
        sqlx::query("update media set poster = 'poster.jpg' where id = $1")
            .bind(media.0)
            .execute(&stage.database.pool)
            .await
            .unwrap();
        fs::write(set.join("poster.jpg"), "x").unwrap();
        fs::write(set.join("stray.m4s"), "x").unwrap();
        fs::write(stage.store.source(UploadId::from(gone)), "x").unwrap();
        let told = complaint(stage).unwrap();
        let strays: Vec<&str> = told.lines().skip(1).map(str::trim).collect();
        assert_eq!(strays.len(), 2, "{told}");
        assert!(strays[0].starts_with("file sources/"), "{told}");
        assert!(strays[1].ends_with("/stray.m4s"), "{told}");
    }
}
