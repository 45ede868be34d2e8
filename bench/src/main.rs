//! `pawl-bench`: load tools and side-by-side comparisons. `scripts/bench` builds what is measured,
//! starts the services and calls this; README.md tells what the figures mean.

mod api;
mod hashes;
mod load;
mod meter;
mod processes;
mod report;
mod runner;
mod sample;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Measures Pawl beside its yardsticks.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The API beside the bare queries, on a seeded database.
    Api(api::Arguments),
    /// What the threads that hash passwords gain; needs no services.
    Hashes(hashes::Arguments),
    /// The yardstick of one row of `api`, as a process of its own: called by `api`.
    #[command(hide = true)]
    Bare(api::bare::Arguments),
}

#[tokio::main]
async fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Api(arguments) => api::run(&arguments).await,
        Command::Hashes(arguments) => hashes::run(&arguments).await,
        Command::Bare(arguments) => api::bare::run(&arguments).await,
    }
}
