//! The tasks that run beside the server.
//!
//! Nothing wakes the worker. A purge is due at a later time, which only polling finds; the jobs
//! that a purge enqueues are claimed next by the same slot.

use std::sync::Arc;
use std::time::Duration;

use shared::config::JobArgs;
use shared::jobs::{Backoff, JobMetrics, JobSettings, Runner, Slots};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::prune;
use super::purge::PurgeHandler;
use crate::app::App;

/// The longest pause between two attempts. There is no last attempt: giving a purge up would leave
/// deleted data in place for good, and nothing else would remove it.
const LONGEST_BACKOFF: Duration = Duration::from_hours(1);

/// A worker that purges.
pub type Worker = Runner<PurgeHandler>;

/// The worker of this process.
pub fn worker(app: Arc<App>, args: &JobArgs, metrics: JobMetrics) -> Worker {
    let settings = JobSettings::new(args, None);
    Worker {
        pool: app.pool.clone(),
        handler: PurgeHandler { app },
        settings: JobSettings {
            backoff: Backoff {
                longest: LONGEST_BACKOFF,
                ..settings.backoff
            },
            ..settings
        },
        name: format!("api-server {}", std::process::id()),
        hint: Arc::new(Notify::new()),
        metrics,
    }
}

/// Works with `slots` slots and prunes old rows, until `stop`; unfinished jobs go back into the
/// queue. With 0 slots it does neither.
pub async fn run(worker: Worker, slots: u32, stop: CancellationToken) {
    if slots == 0 {
        return;
    }
    let mut tasks = JoinSet::new();
    let app = Arc::clone(&worker.handler.app);
    let slots = Slots {
        any: slots,
        short: 0,
    };
    Arc::new(worker).spawn(slots, &stop, &mut tasks);
    tasks.spawn(async move { prune::prune(&app, &stop).await });
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a background task ended early");
        }
    }
}
