//! The small groups of settings that every binary has.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use super::{
    faults::{Check, Faults},
    secret::Secret,
    units::duration,
};

/// Redis, which is optional.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Redis")]
pub struct RedisArgs {
    /// Redis, as `redis://user:password@host:port/number`. Without it everything works, but more
    /// slowly.
    #[arg(
        id = "REDIS_URL",
        long = "redis-url",
        env = "REDIS_URL",
        value_name = "URL"
    )]
    pub url: Option<Secret>,
}

impl Check for RedisArgs {
    fn check(&self, faults: &mut Faults) {
        let known = ["redis://", "rediss://", "redis+unix://", "unix://"];
        if let Some(url) = &self.url
            && !known.iter().any(|scheme| url.expose().starts_with(scheme))
        {
            faults.add(
                &["REDIS_URL"],
                "write a URL that begins with redis:// or rediss://",
            );
        }
    }
}

/// The store of uploads and media.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Store")]
pub struct StoreArgs {
    /// The directory that all binaries share: sources, published media, hints.
    #[arg(
        id = "PAWL_STORE",
        long = "store",
        env = "PAWL_STORE",
        value_name = "FOLDER",
        default_value = ".pawl/store"
    )]
    pub path: PathBuf,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One short line per event, in colour on a terminal.
    Text,
    /// One JSON object per event.
    Json,
}

/// What is logged, and in which format.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub struct LogArgs {
    /// Log levels, such as `info` or `info,shared::http=debug`.
    #[arg(
        id = "PAWL_LOG",
        long = "log",
        env = "PAWL_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    pub filter: String,

    /// The format of log lines.
    #[arg(
        id = "PAWL_LOG_FORMAT",
        long = "log-format",
        env = "PAWL_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: LogFormat,
}

impl Check for LogArgs {
    fn check(&self, faults: &mut Faults) {
        if let Err(error) = self.filter.parse::<tracing_subscriber::filter::Targets>() {
            faults.add(
                &["PAWL_LOG"],
                format!("cannot use `{}`: {error}", self.filter),
            );
        }
    }
}

/// How a binary stops.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Shutdown")]
pub struct DrainArgs {
    /// How long requests and jobs may continue after SIGTERM.
    #[arg(
        id = "PAWL_DRAIN_GRACE",
        long = "drain-grace",
        env = "PAWL_DRAIN_GRACE",
        value_name = "DURATION",
        default_value = "20s",
        value_parser = duration
    )]
    pub grace: Duration,
}
