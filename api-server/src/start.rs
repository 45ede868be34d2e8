//! The three tasks of this binary: serve, migrate, check.

mod assemble;
mod error;

use std::sync::Arc;

use shared::auth::Signer;
use shared::config::HostPort;
use shared::db;
use shared::events;
use shared::http::{Checks, Health, HttpMetrics, Listener, Ops, shutdown_on_signals};
use shared::jobs::{BacklogMetrics, JobMetrics};
use shared::media::image::child::PictureProgram;
use shared::storage::Store;
use shared::telemetry::{Build, Metrics};
use shared::{blocking, checks, checks::Dependencies};
use tokio_util::sync::CancellationToken;

pub use self::assemble::{AppParts, assemble};
pub use self::error::StartError;
use crate::app::App;
use crate::config::{MigrateSettings, Settings};
use crate::counters;
use crate::metrics;
use crate::pictures::Pictures;
use crate::search::language;
use crate::server::{self, Parts};
use crate::web::WebClient;
use crate::worker::{self, PurgeHandler};

/// Serves until SIGTERM or SIGINT, then drains.
pub async fn serve(settings: &Settings, build: Build) -> Result<(), StartError> {
    // The ops listener answers until the drain is complete, so that it can be monitored.
    let drained = CancellationToken::new();
    let app = ready(settings, &drained).await?;
    app.limits.announce();
    if !has_web_client(settings).await {
        let missing = StartError::Web(settings.api.web_dir.clone());
        tracing::warn!(%missing, "only the API is served");
    }
    let metrics = Metrics::new(build);
    metrics::register(&app, &metrics);
    let checks = checks(&app, &metrics);
    let backlog = BacklogMetrics::register(&metrics);
    let api = bind(&settings.api.listen, settings).await?;
    let ops = bind(&settings.api.ops_listen, settings).await?;
    tracing::info!(api = address(&api), ops = address(&ops), "listening");
    let shutdown = shutdown_on_signals().map_err(StartError::Signals)?;
    let jobs = JobMetrics::register(&metrics, PurgeHandler::METRICS);
    let worker = worker::worker(Arc::clone(&app), &settings.jobs, jobs);
    let parts = Parts {
        web: WebClient::new(&settings.api.web_dir, &app.uploads.url).at(settings
            .origins
            .public_url
            .as_ref()
            .map(ToString::to_string)),
        checks: checks.clone(),
        origins: settings.origins.clone(),
        http: settings.http.clone(),
        request_timeout: settings.api.request_timeout,
        metrics: HttpMetrics::new(&metrics),
    };
    let service = server::service(Arc::clone(&app), parts);
    let grace = settings.drain.grace;
    tokio::join!(
        async {
            api.serve(service, shutdown.clone(), grace).await;
            drained.cancel();
        },
        ops.serve(Ops::new(metrics, checks), drained.clone(), grace),
        app.verifier.watch(drained.clone()),
        worker::run(worker, settings.work.workers, shutdown.clone()),
        backlog.watch(&app.pool, &drained),
    );
    app.pool.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Migrates the schema, and sets the language of the search.
pub async fn migrate(settings: &MigrateSettings) -> Result<(), StartError> {
    let pool = db::Pool::new(
        &db::Settings::from(&settings.database),
        "api-server migrate",
    )?;
    db::migrate(&pool).await?;
    language::set_language(&pool, &settings.search.language).await?;
    tracing::info!("the schema is up to date");
    Ok(())
}

/// Reaches everything that serving needs and reports success. It binds no port, so that it can run
/// while a server runs, and changes nothing: `serve` creates a missing key and missing folders.
pub async fn check(settings: &Settings) -> Result<(), StartError> {
    let pool = db::Pool::new(&db::Settings::from(&settings.database), "api-server check")?;
    db::require_schema(&pool).await?;
    let secret = settings.api.secret().ok_or(StartError::NoSecret)?;
    let signer = Signer::new(pool, &secret, settings.tokens.lifetime());
    signer.check_secret().await?;
    Pictures::new(PictureProgram::this()).check().await?;
    let path = settings.store.path.clone();
    let checked = blocking(move || Store::check(path)).await;
    checked.map_err(StartError::Store)?;
    if !has_web_client(settings).await {
        return Err(StartError::Web(settings.api.web_dir.clone()));
    }
    events::reach_redis(settings.redis.url.as_ref()).await?;
    tracing::info!("the configuration and all connections work");
    Ok(())
}

/// The server works without the web client: an operator may serve it elsewhere.
async fn has_web_client(settings: &Settings) -> bool {
    let index = settings.api.web_dir.join("index.html");
    blocking(move || index.try_exists()).await.unwrap_or(false)
}

/// Recounts all counters and reports wrong ones.
pub async fn check_counters(settings: &Settings) -> Result<(), StartError> {
    let pool = db::Pool::new(&db::Settings::from(&settings.database), "api-server check")?;
    db::require_schema(&pool).await?;
    match counters::actions::report_drift(&pool).await? {
        0 => Ok(()),
        rows => Err(StartError::Drift(rows)),
    }
}

/// The application, with a recent enough schema and a signing key.
async fn ready(settings: &Settings, stop: &CancellationToken) -> Result<Arc<App>, StartError> {
    let app = assemble::from_settings(settings, stop)?;
    db::require_schema(&app.pool).await?;
    app.signer.check_secret().await?;
    if app.signer.create_first_key().await? {
        tracing::info!("created the first signing key");
    }
    app.signer.check().await?;
    language::warn_if_other(&app.pool, &settings.search.language).await?;
    Ok(app)
}

async fn bind(address: &HostPort, settings: &Settings) -> Result<Listener, StartError> {
    Listener::bind(address.as_str(), settings.http.clone())
        .await
        .map(|listener| listener.trust(&settings.origins.trusted_proxies))
        .map_err(|error| StartError::Bind(address.clone(), error))
}

fn address(listener: &Listener) -> String {
    listener
        .local_addr()
        .map(|address| address.to_string())
        .unwrap_or_default()
}

/// Without Postgres no request can be answered; without the store, pictures and media fail; without
/// Redis, only progress.
fn checks(app: &Arc<App>, metrics: &Metrics) -> Checks {
    let needs = Dependencies {
        pool: app.pool.clone(),
        store: app.store.clone(),
        store_down: Health::Degraded("cannot write to the store: pictures are refused"),
        redis: app.redis.clone(),
    };
    checks::readiness(needs, metrics)
}
