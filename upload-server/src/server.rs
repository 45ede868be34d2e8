//! The running server: two listeners, the sweep, and the order in which they end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use shared::{
    config::HostPort,
    http::{Front, HttpMetrics, Listener, Ops},
    telemetry,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::{App, StartError},
    config::Config,
    cors::CORS,
    service::service,
};

/// Frames of request bodies grow to this many bytes: the write size decides what a gigabyte costs.
const READ_BUFFER_BYTES: usize = 512 << 10;
/// The sweep runs at least this often.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// A server whose ports are bound.
pub struct Server {
    config: Config,
    app: Arc<App>,
    registry: telemetry::Metrics,
    main: Listener,
    ops: Listener,
    /// Ends what runs beside the requests, once they are through.
    background: CancellationToken,
}

impl Server {
    /// Opens everything and binds the ports.
    pub async fn bind(config: Config, registry: telemetry::Metrics) -> Result<Self, StartError> {
        let background = CancellationToken::new();
        let app = App::open(&config, &registry, &background).await?;
        let main = listen(&config, &config.upload.listen)
            .await?
            .read_buffer(READ_BUFFER_BYTES);
        let ops = listen(&config, &config.upload.ops_listen).await?;
        Ok(Self {
            config,
            app,
            registry,
            main,
            ops,
            background,
        })
    }

    /// The real addresses: uploads, ops.
    ///
    /// # Errors
    /// A socket cannot say.
    pub fn addresses(&self) -> std::io::Result<[SocketAddr; 2]> {
        Ok([self.main.local_addr()?, self.ops.local_addr()?])
    }

    /// Serves until `shutdown`; then appends under way are told how far they came, and what still
    /// runs after the grace is dropped.
    pub async fn run(self, shutdown: CancellationToken) {
        let tasks = TaskTracker::new();
        let grace = self.config.drain.grace;
        tasks.spawn(watch_sessions(
            Arc::clone(&self.app),
            self.background.clone(),
        ));
        tasks.spawn(sweep(
            Arc::clone(&self.app),
            self.config.upload.expiry,
            self.background.clone(),
        ));
        let ops = Ops::new(self.registry.clone(), self.app.checks.clone());
        tasks.spawn(self.ops.serve(ops, self.background.clone(), grace));
        let metrics = HttpMetrics::new(&self.registry);
        let front = Front::new(service(self.app), &self.config.origins, CORS, metrics);
        let drained = self.main.serve(front, shutdown, grace).await;
        tracing::info!(cut = drained.cut, "drained");
        self.background.cancel();
        tasks.close();
        tasks.wait().await;
    }
}

async fn listen(config: &Config, address: &HostPort) -> Result<Listener, StartError> {
    let bound = Listener::bind(address.as_str(), config.http.clone()).await;
    bound.map_err(|source| StartError::Listen {
        address: address.to_string(),
        source,
    })
}

async fn watch_sessions(app: Arc<App>, stop: CancellationToken) {
    app.verifier.watch(stop).await;
}

/// Completes finishes cut short, expires, discards; first at once, for what a dead process left.
async fn sweep(app: Arc<App>, expiry: Duration, stop: CancellationToken) {
    let every = SWEEP_EVERY.min(expiry / 4);
    while !stop.is_cancelled() {
        match app.owners.sweep().await {
            Ok(swept) => {
                app.metrics.note_sweep(&swept);
                tracing::debug!(?swept, "swept");
            }
            Err(error) => tracing::warn!(%error, "could not complete a sweep"),
        }
        stop.run_until_cancelled(tokio::time::sleep(every)).await;
    }
}
