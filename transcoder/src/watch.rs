//! Hints that there may be jobs: the store's `ready` folder and Postgres' NOTIFY.
//!
//! They only wake the workers sooner. The queue is checked after each is set up, and every wait for
//! a hint has a time-out, so that a lost hint costs at most one poll interval.

use std::{path::Path, sync::Arc, time::Duration};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use shared::{db::Pool, jobs};
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The pause before LISTEN is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Notifies `hint` whenever a file appears in `folder`, until the value is dropped.
pub fn watch_folder(folder: &Path, hint: &Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let waker = Arc::clone(hint);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // An error means that events were lost, so there may be jobs.
        if event.map_or(true, |event| event.kind.is_create()) {
            waker.notify_one();
        }
    })?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    hint.notify_one();
    Ok(watcher)
}

/// Notifies `hint` at every NOTIFY of new jobs until `stop`. `pool` must not connect through a
/// transaction-mode pooler.
pub async fn listen(pool: Pool, hint: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let listening = listen_once(&pool, &hint);
        if let Some(Err(error)) = stop.run_until_cancelled(listening).await {
            tracing::warn!(%error, "LISTEN failed; polling finds the jobs until it works again");
            stop.run_until_cancelled(tokio::time::sleep(RETRY)).await;
        }
    }
}

async fn listen_once(pool: &Pool, hint: &Notify) -> Result<(), sqlx::Error> {
    let options = PgPoolOptions::new().max_connections(1);
    let own = options.connect_lazy_with(pool.options().clone());
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen(jobs::CHANNEL).await?;
    loop {
        // Jobs that came before LISTEN sent no hint: check for them now.
        hint.notify_one();
        // `None` means that the connection was lost; the next call connects again.
        listener.try_recv().await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_in_the_folder_is_a_hint() {
        let folder = tempfile::tempdir().unwrap();
        let hint = Arc::new(Notify::new());
        let _watcher = watch_folder(folder.path(), &hint).unwrap();
        hint.notified().await;
        std::fs::write(folder.path().join("x"), b"").unwrap();
        tokio::time::timeout(Duration::from_secs(5), hint.notified())
            .await
            .unwrap();
    }

    #[cfg(feature = "testing")]
    #[tokio::test]
    async fn a_notify_is_a_hint_and_so_is_every_new_connection() {
        let database = shared::testing::TestDatabase::create().await;
        let (hint, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let listening = listen(database.pool.clone(), Arc::clone(&hint), stop.clone());
        let listening = tokio::spawn(listening);
        let hinted = async || tokio::time::timeout(Duration::from_secs(20), hint.notified()).await;
        hinted().await.unwrap();
        let mut connection = database.pool.acquire().await.unwrap();
        sqlx::query("notify pawl_jobs")
            .execute(&mut *connection)
            .await
            .unwrap();
        hinted().await.unwrap();
        let cut = "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()";
        sqlx::query(cut).execute(&mut *connection).await.unwrap();
        hinted().await.unwrap();
        stop.cancel();
        listening.await.unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(watch_folder(&folder.path().join("gone"), &Arc::new(Notify::new())).is_err());
    }
}
