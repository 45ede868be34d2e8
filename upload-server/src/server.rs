//! The running server: two listeners, the sweep, and the order in which they stop.

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
    cors,
    service::{operations, service},
};

/// The largest frame of a request body. Larger writes cost less CPU time per gigabyte.
const READ_BUFFER_BYTES: usize = 512 << 10;
/// The longest pause between sweeps.
const SWEEP_INTERVAL: Duration = Duration::from_mins(1);

/// A server whose ports are bound.
pub struct Server {
    config: Config,
    app: Arc<App>,
    registry: telemetry::Metrics,
    main: Listener,
    ops: Listener,
    /// Stops the background tasks once the requests are done.
    background: CancellationToken,
}

impl Server {
    /// Opens everything and binds the ports.
    pub async fn bind(config: Config, registry: telemetry::Metrics) -> Result<Self, StartError> {
        let background = CancellationToken::new();
        let app = App::open(&config, &registry, &background).await?;
        let main = listen(&config, &config.terms.listen)
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

    /// The bound addresses: uploads, ops.
    ///
    /// # Errors
    /// The operating system does not tell an address.
    pub fn addresses(&self) -> std::io::Result<[SocketAddr; 2]> {
        Ok([self.main.local_addr()?, self.ops.local_addr()?])
    }

    /// Serves until `shutdown`. Then running appends are answered with the offset they have
    /// reached, and requests that outlive the grace period are dropped.
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
        metrics.expect(operations());
        let front = Front::new(
            service(self.app),
            &self.config.origins,
            cors::rules(),
            metrics,
        );
        let drained = self.main.serve(front, shutdown, grace).await;
        tracing::info!(cut = drained.cut, "drained");
        self.background.cancel();
        tasks.close();
        tasks.wait().await;
    }
}

async fn listen(config: &Config, address: &HostPort) -> Result<Listener, StartError> {
    let bound = Listener::bind(address.as_str(), config.http.clone()).await;
    let trusted = bound.map(|listener| listener.trust(&config.origins.trusted_proxies));
    trusted.map_err(|source| StartError::Listen {
        address: address.to_string(),
        source,
    })
}

async fn watch_sessions(app: Arc<App>, stop: CancellationToken) {
    app.verifier.watch(stop).await;
}

/// Sweeps at an interval: completes interrupted finishes, expires uploads and discards their files.
/// The first sweep runs at once, for what a dead process has left.
async fn sweep(app: Arc<App>, expiry: Duration, stop: CancellationToken) {
    let every = SWEEP_INTERVAL.min(expiry / 4);
    while !stop.is_cancelled() {
        match app.owners.sweep().await {
            Ok(swept) => {
                app.metrics.note_sweep(&swept);
                tracing::debug!(?swept, "swept");
            }
            Err(error) => {
                app.metrics.note_failed_sweep();
                tracing::warn!(%error, "could not complete a sweep");
            }
        }
        stop.run_until_cancelled(tokio::time::sleep(every)).await;
    }
}
