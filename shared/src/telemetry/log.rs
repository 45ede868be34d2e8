//! Log lines: short text for people, JSON for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    Layer, Registry,
    filter::{ParseError, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::panics;
use crate::config::{LogArgs, LogFormat};

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter is malformed; the check of the configuration reports this first.
    #[error("the log filter is not valid")]
    Filter(#[from] ParseError),
    /// Logging was already initialised in this process.
    #[error("logging was initialised twice")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging to standard error, and makes panics logged and counted. Once per process.
///
/// # Errors
/// See [`InitError`].
pub fn init(settings: &LogArgs) -> Result<(), InitError> {
    // Levels by target only: a filter on spans would be evaluated at every step of every request.
    let levels = settings.filter.parse::<Targets>()?;
    tracing_subscriber::registry()
        .with(lines(settings.format))
        .with(levels)
        .try_init()?;
    panics::install();
    Ok(())
}

fn lines(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => layer
            .with_ansi(io::stderr().is_terminal())
            .compact()
            .boxed(),
        LogFormat::Json => layer
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .boxed(),
    }
}
