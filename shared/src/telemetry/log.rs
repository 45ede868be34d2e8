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

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter is malformed; the configuration's check tells this first.
    #[error("the log filter cannot be used")]
    Filter(#[from] ParseError),
    /// Something in this process logs already.
    #[error("logging was set up twice")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging to standard error, and has panics logged and counted. Once a process.
///
/// # Errors
/// See [`InitError`].
pub fn init(settings: &LogArgs) -> Result<(), InitError> {
    // Levels by target and nothing else: a filter that knows of spans is asked at each step that any
    // request takes.
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
