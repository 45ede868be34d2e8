//! Starts all parts of the daemon and stops them.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use shared::{
    blocking, checks,
    checks::Dependencies,
    config::{HttpArgs, defaults},
    db::{self, Pool},
    ephemeral::Redis,
    events,
    http::{Health, Listener, Ops, shutdown_on_signals},
    jobs::{JobMetrics, JobSettings, Slots},
    media::ProgressBoard,
    sandbox::Bounds,
    storage::Store,
    telemetry::Metrics,
};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Settings,
    sandbox::{Run, Sandbox, probe_bounds},
    sweep::Sweeper,
    watch,
    worker::{EncodeMetrics, Transcoder, Worker},
};

/// The `application_name` of this program's connections.
const APPLICATION: &str = "pawl-transcoder";
const STORE_DOWN: Health = Health::Failed("cannot write to the store");
/// `-version` prints a few kilobytes.
const MAX_VERSION_BYTES: u64 = 64 << 10;

/// Works on jobs until SIGTERM or SIGINT, then puts unfinished jobs back into the queue.
pub async fn run(settings: &Settings, metrics: &Metrics) -> anyhow::Result<()> {
    let stop = shutdown_on_signals()?;
    let pool = open_pool(settings).await?;
    let store = open_store(settings).await?;
    let sandbox = open_sandbox(settings).await?;
    let ops_listen = settings.worker.ops_listen.as_str();
    let listener = Listener::bind(ops_listen, defaults::<HttpArgs>()?)
        .await
        .context("ops")?;
    let redis = Redis::open(settings.redis.url.as_ref()).context("Redis (REDIS_URL)")?;
    let hint = Arc::new(Notify::new());
    let _watcher = settings.worker.watch.then(|| watch_store(&store, &hint));
    let worker = Arc::new(Worker {
        handler: Transcoder {
            pool: pool.clone(),
            store: store.clone(),
            sandbox,
            limits: settings.limits(),
            events: events::wake_up(&redis, stop.clone()),
            progress: ProgressBoard::new(redis.clone()),
            metrics: EncodeMetrics::register(metrics),
        },
        pool: pool.clone(),
        settings: JobSettings::new(&settings.jobs, Some(settings.worker.job_attempts)),
        name: blocking(|| Ok(worker_name())).await?,
        hint: Arc::clone(&hint),
        metrics: JobMetrics::register(metrics, Transcoder::METRICS),
    });
    tracing::info!(ops = %listener.local_addr()?, slots = settings.worker.slots, "ready");
    let mut tasks = JoinSet::new();
    let slots = Slots {
        any: settings.worker.slots,
        short: settings.worker.picture_slots,
    };
    worker.spawn(slots, &stop, &mut tasks);
    let sweeper = Sweeper::new(pool.clone(), store.clone());
    sweeper.metrics.register(metrics);
    tasks.spawn(sweeper.run(settings.worker.sweep, stop.clone()));
    tasks.spawn(watch::listen(direct_pool(settings)?, hint, stop.clone()));
    let needs = Dependencies {
        pool,
        store,
        store_down: STORE_DOWN,
        redis,
    };
    let checks = checks::readiness(needs, metrics);
    let (ops, stopped) = (Ops::new(metrics.clone(), checks), stop.clone());
    tasks.spawn(async move {
        listener.serve(ops, stopped, Duration::ZERO).await;
    });
    supervise(tasks, &stop, settings.drain.grace).await
}

/// Migrates the schema.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    db::migrate(&Pool::new(
        &db::Settings::from(&settings.database),
        APPLICATION,
    )?)
    .await?;
    tracing::info!("the schema is up to date");
    Ok(())
}

/// Checks everything that `run` needs, without working on a job.
pub async fn check(settings: &Settings) -> anyhow::Result<()> {
    open_pool(settings).await?;
    let direct = direct_pool(settings)?;
    direct
        .acquire()
        .await
        .context("the direct connection to Postgres (DATABASE_DIRECT_URL)")?;
    let path = settings.store.path.clone();
    let checked = blocking(move || Store::check(path)).await;
    checked.with_context(|| unusable(settings))?;
    open_sandbox(settings).await?;
    events::reach_redis(settings.redis.url.as_ref())
        .await
        .context("Redis (REDIS_URL)")?;
    tracing::info!("the configuration, the connections and the programs are good");
    Ok(())
}

async fn check_program(sandbox: &Sandbox, program: &Path, bounds: Bounds) -> anyhow::Result<()> {
    let arguments = ["-hide_banner".into(), "-version".into()];
    let captured = sandbox
        .capture(Run {
            step: "asking a program for its version",
            program,
            arguments: &arguments,
            bounds,
            max_bytes: MAX_VERSION_BYTES,
        })
        .await?;
    let (status, errors) = (captured.status, &captured.errors);
    anyhow::ensure!(captured.is_success(), "{status} {errors}");
    let version = String::from_utf8_lossy(&captured.bytes);
    tracing::info!(
        version = version.lines().next().unwrap_or_default(),
        "program"
    );
    Ok(())
}

/// Waits for the stop, then for every task. A task that ends earlier is a fault and stops the
/// others: a daemon without its slots would look healthy.
async fn supervise(
    mut tasks: JoinSet<()>,
    stop: &CancellationToken,
    grace: Duration,
) -> anyhow::Result<()> {
    let ended = stop.run_until_cancelled(tasks.join_next()).await.flatten();
    let early = ended.filter(|_| !stop.is_cancelled());
    stop.cancel();
    let drained = async { while tasks.join_next().await.is_some() {} };
    let is_drained = tokio::time::timeout(grace, drained).await.is_ok();
    anyhow::ensure!(
        early.is_none(),
        "a task of the daemon ended early: {early:?}"
    );
    if !is_drained {
        tracing::warn!("the drain took longer than PAWL_DRAIN_GRACE; unfinished tasks are dropped");
    }
    Ok(())
}

async fn open_pool(settings: &Settings) -> anyhow::Result<Pool> {
    let pool = Pool::new(&db::Settings::from(&settings.database), APPLICATION)?;
    db::require_schema(&pool).await?;
    Ok(pool)
}

/// For LISTEN: one direct connection, because a transaction-mode pooler would lose it.
fn direct_pool(settings: &Settings) -> anyhow::Result<Pool> {
    let url = settings
        .database
        .direct_or_url()
        .context("DATABASE_URL is not set")?;
    let direct = db::Settings {
        max_connections: 1,
        ..db::Settings::new(url.expose())
    };
    Ok(Pool::new(&direct, APPLICATION)?)
}

async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let path = settings.store.path.clone();
    let opened = blocking(move || {
        let store = Store::open(path)?;
        store.check_writable()?;
        Ok(store)
    });
    opened.await.with_context(|| unusable(settings))
}

fn unusable(settings: &Settings) -> String {
    let path = settings.store.path.display();
    format!("the store {path} cannot be used (PAWL_STORE)")
}

/// Host name and process id, for operators who read `jobs.worker`.
fn worker_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {}", host.trim(), std::process::id())
}

/// The programs, after each was run once.
async fn open_sandbox(settings: &Settings) -> anyhow::Result<Sandbox> {
    let (ffmpeg, ffprobe) = (&settings.encoder.ffmpeg, &settings.encoder.ffprobe);
    let helper =
        std::env::current_exe().context("cannot find this program's own file through /proc")?;
    let sandbox = Sandbox::new(helper, ffmpeg.clone(), ffprobe.clone());
    let bounds = probe_bounds(&settings.limits());
    for (program, setting) in [(ffmpeg, "PAWL_FFMPEG"), (ffprobe, "PAWL_FFPROBE")] {
        check_program(&sandbox, program, bounds)
            .await
            .with_context(|| format!("{} cannot be used ({setting})", program.display()))?;
    }
    Ok(sandbox)
}

/// The watcher may fail (inotify's limits are per user); NOTIFY and polling find the jobs then.
fn watch_store(store: &Store, hint: &Arc<Notify>) -> Option<impl Drop + use<>> {
    watch::watch_folder(&store.ready_folder(), hint)
        .inspect_err(|error| tracing::warn!(%error, "cannot watch the store; NOTIFY and polling find the jobs"))
        .ok()
}
