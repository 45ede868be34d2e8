//! `api-server`: see `--help`.

use std::process::ExitCode;

use anyhow::Context as _;
use api_server::config::{CheckTarget, Command, Config};
use api_server::{operator, start};
use shared::telemetry::{self, Build};

#[tokio::main]
async fn main() -> ExitCode {
    let config = match shared::config::load::<Config>() {
        Ok(config) => config,
        Err(code) => return code,
    };
    match run(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => telemetry::fatal("api-server", error.as_ref()),
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    telemetry::init(config.command.log()).context("logging")?;
    let build = Build::of("api-server");
    if !matches!(config.command, Command::Keys(_) | Command::Admin(_)) {
        build.log();
    }
    match config.command {
        Command::Serve(settings) => start::serve(&settings, build).await?,
        Command::Migrate(settings) => start::migrate(&settings).await?,
        Command::Check(check) => match check.target {
            None => start::check(&check.settings).await?,
            Some(CheckTarget::Counters) => start::check_counters(&check.settings).await?,
        },
        Command::Keys(command) => operator::keys(&command).await?,
        Command::Admin(command) => operator::admin(&command).await?,
    }
    Ok(())
}
