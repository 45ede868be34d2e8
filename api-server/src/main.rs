//! `api-server`: see `--help`.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use anyhow::Context as _;
use api_server::config::{CheckTarget, Command, Config};
use api_server::{operator, start};
use shared::media::image::{child, make_picture};
use shared::telemetry::{self, Build};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == child::SUBCOMMAND
    {
        return convert_picture(rest).into();
    }
    let config = match shared::config::load::<Config>() {
        Ok(config) => config,
        Err(code) => return code,
    };
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => telemetry::fatal("api-server", error.as_ref()),
    }
}

fn convert_picture(arguments: &[OsString]) -> u8 {
    let convert = |source: &[u8], max_pixels, _: &[OsString]| make_picture(source, max_pixels);
    child::run(arguments, io::stdout(), convert)
}

#[tokio::main]
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
