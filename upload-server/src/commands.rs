//! The three subcommands of this binary.

use shared::{db, events, http::shutdown_on_signals, telemetry::Metrics};

use crate::{
    app::{StartError, check_store, open_database},
    config::Config,
    server::Server,
};

/// Serves uploads until SIGTERM.
pub async fn serve(config: Config, registry: Metrics) -> Result<(), StartError> {
    let shutdown = shutdown_on_signals().map_err(StartError::Process)?;
    let server = Server::bind(config, registry).await?;
    let [uploads, ops] = server.addresses().map_err(StartError::Process)?;
    tracing::info!(%uploads, %ops, "ready");
    server.run(shutdown).await;
    Ok(())
}

/// Migrates the schema.
pub async fn migrate(config: &Config) -> Result<(), StartError> {
    let pool = db::Pool::new(&db::Settings::from(&config.database), "pawl-upload")?;
    db::migrate(&pool).await?;
    tracing::info!("the schema is up to date");
    Ok(())
}

/// Opens all connections that serving needs, and closes them.
pub async fn check(config: &Config) -> Result<(), StartError> {
    open_database(config).await?;
    check_store(config).await?;
    events::reach_redis(config.redis.url.as_ref()).await?;
    tracing::info!("the configuration and all connections work");
    Ok(())
}
