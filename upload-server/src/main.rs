//! upload-server: receives resumable uploads (tus 1.0) into the store and hands them over when
//! finished.

mod app;
mod body;
mod commands;
mod config;
mod cors;
mod metrics;
mod refusal;
mod reserve;
mod server;
mod service;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

use std::process::ExitCode;

use anyhow::Context as _;
use shared::{
    config::load,
    telemetry::{self, Build, Metrics},
};

use crate::config::{Command, Config};

#[tokio::main]
async fn main() -> ExitCode {
    let config = match load::<Config>() {
        Ok(config) => config,
        Err(code) => return code,
    };
    match run(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => telemetry::fatal("upload-server", error.as_ref()),
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    telemetry::init(&config.log).context("logging")?;
    let build = Build::of("upload-server");
    build.log();
    match config.command {
        Command::Serve => commands::serve(config, Metrics::new(build)).await?,
        Command::Migrate => commands::migrate(&config).await?,
        Command::Check => commands::check(&config).await?,
    }
    Ok(())
}
