//! `pawl-bench`: load tools and comparisons. `scripts/bench` builds the programs, starts the
//! services and calls this. README.md explains the figures.

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

/// Measures Pawl against baselines.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The API against the bare queries, on a seeded database.
    Api(api::Arguments),
    /// What the threads that hash passwords gain; needs no services.
    Hashes(hashes::Arguments),
    /// The baseline process of one row of `api`; `api` starts it.
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
