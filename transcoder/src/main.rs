//! The transcoder's command line.

use std::process::ExitCode;

use anyhow::Context as _;
use shared::{
    config,
    media::image::child,
    telemetry::{self, Build, Metrics},
};
use transcoder::{
    config::{Command, Config},
    daemon,
    picture::helper,
    sandbox::exec,
};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == exec::SUBCOMMAND
    {
        return exec::run(rest).into();
    }
    if let Some((first, rest)) = arguments.split_first()
        && first == child::SUBCOMMAND
    {
        return helper::run(rest).into();
    }
    match config::load::<Config>() {
        Ok(config) => match run(config.command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => telemetry::fatal("transcoder", error.as_ref()),
        },
        Err(code) => code,
    }
}

#[tokio::main]
async fn run(command: Command) -> anyhow::Result<()> {
    let build = Build::of("transcoder");
    telemetry::init(&command.settings().log).context("logging")?;
    build.log();
    match command {
        Command::Run(settings) => daemon::run(&settings, &Metrics::new(build)).await?,
        Command::Migrate(settings) => daemon::migrate(&settings).await?,
        Command::Check(settings) => daemon::check(&settings).await?,
    }
    Ok(())
}
